import type { Challenge } from '../../credentials/challenge.js';
import { Opened } from '../../platform/crypto/opened.js';
import { toResponses } from './flinks-answers.js';
import { phonePrompts, toFields } from './flinks-challenge.js';
import type { FlinksChallenge } from './flinks.types.js';

const now = new Date('2026-11-20T10:00:00Z');
const expiresAt = new Date('2026-11-20T10:08:00Z');
const asking = (challenges: readonly FlinksChallenge[]): Challenge => ({
  kind: 'submit_information',
  expiresAt,
  fields: toFields(challenges),
});
const answers = (given: Readonly<Record<string, string>>) =>
  new Map(Object.entries(given).map(([name, value]) => [name, new Opened(value)]));
const respond = (challenges: readonly FlinksChallenge[], given: Readonly<Record<string, string>>, at = now) =>
  toResponses(asking(challenges), answers(given), phonePrompts(challenges), at);

const JPG = '/9j/4AAQ SkZJ\nRg==';
const ALL: readonly FlinksChallenge[] = [
  { type: 'QuestionAndAnswer', prompt: 'What city were you born in?', iterables: [] },
  { type: 'MultipleChoice', prompt: 'Which one?', iterables: ['red', 'blue'] },
  { type: 'MultipleChoiceMultipleAnswers', prompt: 'Which ones?', iterables: ['red', 'blue', 'green, light'] },
  { type: 'ImageSelection', prompt: 'Your picture', iterables: ['iVBOR', JPG] },
  { type: 'TextOrCall', prompt: 'How shall we reach you?', iterables: ['514-•••-0100'] },
];

describe('answers for Flinks', () => {
  it('are keyed by the prompt, for all five types; a phone by its number', () => {
    const given = {
      'What city were you born in?': 'Montreal',
      'Which one?': 'blue',
      'Which ones?': 'red,blue',
      'Your picture': '2',
      'How shall we reach you?': 'Call:514-•••-0100',
    };
    expect(respond(ALL, given)).toEqual({
      ok: true,
      value: {
        'What city were you born in?': ['Montreal'],
        'Which one?': ['blue'],
        'Which ones?': ['red', 'blue'],
        'Your picture': [JPG],
        '514-•••-0100': ['Call'],
      },
    });
  });

  it('an option with a comma is one choice', () => {
    expect(respond(ALL, { 'Which ones?': 'green, light' })).toMatchObject({
      value: { 'Which ones?': ['green, light'] },
    });
  });

  it('an option that looks like a phone is none where no phone was asked', () => {
    const challenge = { type: 'MultipleChoice', prompt: 'Which?', iterables: ['Text:1'] };
    expect(respond([challenge], { 'Which?': 'Text:1' })).toMatchObject({ value: { 'Which?': ['Text:1'] } });
  });

  it('a replaced name leads to the whole prompt', () => {
    const prompt = 'x'.repeat(200);
    const challenge = { type: 'QuestionAndAnswer', prompt, iterables: [] };
    expect(respond([challenge], { question_1: 'y' })).toMatchObject({ value: { [prompt]: ['y'] } });
  });

  it('to what was not asked are refused with their place', () => {
    expect(respond(ALL, { 'Which one?': 'red', 'which one?': 'red' })).toMatchObject({
      failure: { code: 'challenge.unknown_field', pointer: '/fields/1/name', mayHaveHappened: false },
    });
  });

  it('come too late after eight minutes, and never to a page', () => {
    expect(respond(ALL, { 'Which one?': 'red' }, expiresAt)).toMatchObject({ failure: { code: 'challenge.expired' } });
    const page: Challenge = { kind: 'follow_redirect', expiresAt: null, url: 'https://bank.test/' };
    expect(toResponses(page, new Map(), [], now)).toMatchObject({ failure: { code: 'challenge.none' } });
  });
});
