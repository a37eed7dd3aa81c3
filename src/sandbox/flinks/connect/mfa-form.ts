import { type Body, optionalText } from '../body.js';
import type { Challenge } from '../data/challenges.js';
import type { SecurityResponses } from '../flinks-simulator.types.js';
import { escapeHtml as escape } from '../../simulator/pages.js';

/** The fields of one challenge; options are named by their place, because prompts and pictures are no names. */
export function challengeFields(challenge: Challenge, n: number): string {
  const { type, prompt, iterables } = challenge;
  return `<fieldset><legend>${escape(prompt)}</legend>${fieldsOf(type, iterables, n)}</fieldset>`;
}

function fieldsOf(type: Challenge['type'], iterables: readonly string[], n: number): string {
  switch (type) {
    case 'QuestionAndAnswer':
      return `${list(iterables)}<input name="answer.${n}" aria-label="answer" autocomplete="off">`;
    case 'MultipleChoice':
      return options(iterables, (i) => `<input type="radio" name="answer.${n}" value="${i}">`, escape);
    case 'MultipleChoiceMultipleAnswers':
      return options(iterables, (i) => `<input type="checkbox" name="answer.${n}.${i}" value="on">`, escape);
    case 'ImageSelection':
      return options(
        iterables,
        (i) => `<input type="radio" name="answer.${n}" value="${i}">`,
        (bytes, i) =>
          `<img border="1" width="48" height="48" alt="image ${i + 1}" src="data:image/jpeg;base64,${escape(bytes)}">`,
      );
    case 'TextOrCall':
      return `${options(iterables, (i) => `<input type="radio" name="answer.${n}" value="${i}">`, escape)}
<select name="way.${n}" aria-label="way"><option>Text</option><option>Call</option></select>`;
  }
}

/** What was filled in, in the form of the API. Fields left empty are no answers. */
export function answersOf(challenges: readonly Challenge[], form: Body): SecurityResponses {
  return Object.fromEntries(challenges.flatMap((challenge, n) => entryOf(challenge, n, form)));
}

function entryOf(
  { type, prompt, iterables }: Challenge,
  n: number,
  form: Body,
): readonly (readonly [string, readonly string[]])[] {
  if (type === 'MultipleChoiceMultipleAnswers') {
    const chosen = iterables.filter((_, i) => form.has(`answer.${n}.${i}`));
    return chosen.length > 0 ? [[prompt, chosen]] : [];
  }
  const given = optionalText(form, `answer.${n}`);
  if (given === null) return [];
  if (type === 'QuestionAndAnswer') return [[prompt, [given]]];
  const option = iterables[Number(given)];
  if (option === undefined) return [];
  return type === 'TextOrCall' ? [[option, [optionalText(form, `way.${n}`) ?? 'Text']]] : [[prompt, [option]]];
}

function options(
  iterables: readonly string[],
  input: (place: number) => string,
  show: (option: string, place: number) => string,
): string {
  return iterables.map((option, i) => `<p><label>${input(i)} ${show(option, i)}</label></p>`).join('');
}

const list = (iterables: readonly string[]): string =>
  iterables.length > 0 ? `<ul>${iterables.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>` : '';
