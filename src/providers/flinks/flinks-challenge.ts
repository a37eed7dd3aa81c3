import type { Field, FieldOption } from '../../credentials/field.js';
import { knownChallengeType, type ChallengeType, type FlinksChallenge } from './flinks.types.js';

/** Our API takes shorter names only. */
const LONGEST_NAME = 128;
/** Names that mean something else wherever an answer becomes a member of an object. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * A question with a list of questions: the bank wants the user to set security questions, which no answer of ours
 * does. The user must act in online banking.
 */
export function asksForSetup(challenges: readonly FlinksChallenge[]): boolean {
  return challenges.some(({ type, iterables }) => type === 'QuestionAndAnswer' && iterables.length > 0);
}

/** Prompts whose answers have the chosen phone number as their key. */
export function phonePrompts(challenges: readonly FlinksChallenge[]): readonly string[] {
  return challenges.filter(({ type }) => type === 'TextOrCall').map(({ prompt }) => prompt);
}

/** The label of a field is the prompt to the letter: answers are keyed by it. The name is the prompt too where it fits. */
export function toFields(challenges: readonly FlinksChallenge[]): readonly Field[] {
  const prompts = [...new Map(challenges.map((challenge) => [challenge.prompt, challenge])).values()];
  return prompts.map((challenge, index) => ({
    name: nameOf(challenge.prompt, index),
    label: challenge.prompt,
    required: true,
    masked: false,
    ...inputOf(challenge),
  }));
}

function nameOf(prompt: string, index: number): string {
  return prompt.length > LONGEST_NAME || RESERVED.has(prompt) ? `question_${index + 1}` : prompt;
}

type Input = Pick<Field, 'type' | 'options'>;

/** A type that is not documented is asked like the nearest known one. */
function inputOf({ type, iterables }: FlinksChallenge): Input {
  const known = knownChallengeType(type) ?? (iterables.length > 0 ? 'MultipleChoice' : 'QuestionAndAnswer');
  return INPUTS[known](iterables);
}

const same = (text: string): FieldOption => ({ value: text, label: text });

const INPUTS: Readonly<Record<ChallengeType, (iterables: readonly string[]) => Input>> = {
  QuestionAndAnswer: () => ({ type: 'text' }),
  MultipleChoice: (iterables) => ({ type: 'select', options: iterables.map(same) }),
  MultipleChoiceMultipleAnswers: (iterables) => ({ type: 'multi_select', options: iterables.map(same) }),
  ImageSelection: (iterables) => ({ type: 'image', options: iterables.map(picture) }),
  TextOrCall: (iterables) => ({ type: 'select', options: iterables.flatMap(waysToReach) }),
};

/** The picture itself is too long for an answer, so it is chosen by its place. */
function picture(base64: string, index: number): FieldOption {
  const value = String(index + 1);
  return { value, label: value, image: `data:${mediaType(base64)};base64,${base64}` };
}

const MEDIA_TYPES = [
  ['iVBOR', 'image/png'],
  ['R0lG', 'image/gif'],
] as const;

function mediaType(base64: string): string {
  return MEDIA_TYPES.find(([start]) => base64.startsWith(start))?.[1] ?? 'image/jpeg';
}

/** The base64 of an option, byte for byte as Flinks sent it. */
export function pictureOf(image: string): string {
  return image.slice(image.indexOf(';base64,') + ';base64,'.length);
}

export const WAYS = ['Text', 'Call'] as const;

/** One choice for number and way together: `Text:514-•••-0100`. */
function waysToReach(phone: string): readonly FieldOption[] {
  return WAYS.map((way) => ({ value: `${way}:${phone}`, label: `${way}: ${phone}` }));
}
