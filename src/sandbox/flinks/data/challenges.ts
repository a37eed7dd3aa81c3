import type { ChallengeType, Language } from '../wire.types.js';
import { PICTURES } from './pictures.js';

/** One thing that the bank asks, in the language of the session. Plain data: it goes into the state file. */
export interface Challenge {
  readonly type: ChallengeType;
  readonly prompt: string;
  readonly iterables: readonly string[];
  /** Any of them is right for a typed or single answer; all of them for several. */
  readonly right: readonly string[];
}

/** What is asked at once. */
export interface Round {
  readonly challenges: readonly Challenge[];
  /** The bank wants new questions to be set: whatever the answer, the sign-in ends. */
  readonly mustActAtBank: boolean;
}

/** By language. */
type Texts = readonly [en: string, fr: string];

const say = ([en, fr]: Texts, language: Language): string => (language === 'fr' ? fr : en);

const CITY: Texts = ['What city were you born in?', 'Dans quelle ville êtes-vous né?'];
const COUNTRY: Texts = ['What is the best country on earth?', 'Quel est le meilleur pays du monde?'];
const SHAPE: Texts = ['What shape do people like most?', 'Quelle forme les gens préfèrent-ils?'];
const SUM: Texts = ['What is 2 + 2?', 'Combien font 2 + 2?'];
const CODE: Texts = ['Enter the code we sent you.', 'Entrez le code que nous vous avons envoyé.'];
const ACCOUNT: Texts = ['Which of these accounts is yours?', 'Lequel de ces comptes est le vôtre?'];
const BRANCHES: Texts = ['Which of these cities have you lived in?', 'Dans lesquelles de ces villes avez-vous vécu?'];
const PICTURE: Texts = ['Choose your security image.', 'Choisissez votre image de sécurité.'];
const PHONE: Texts = ['Where should we send your code?', 'Où devons-nous envoyer votre code?'];
const RENEW: Texts = ['Choose a new security question.', 'Choisissez une nouvelle question de sécurité.'];

/** The code that the bank sends to every phone. */
export const PHONE_CODE = '123456';

export const QUESTIONS = {
  city: typed(CITY, 'Montreal', 'Montréal'),
  country: typed(COUNTRY, 'Canada'),
  shape: typed(SHAPE, 'Triangle'),
  sum: typed(SUM, '4'),
  code: typed(CODE, PHONE_CODE),
  account: (language: Language): Challenge => {
    const accounts: readonly Texts[] = [
      ['Chequing', 'Compte chèques'],
      ['Mortgage', 'Hypothèque'],
      ['None of these', 'Aucun'],
    ];
    const iterables = accounts.map((texts) => say(texts, language));
    return { type: 'MultipleChoice', prompt: say(ACCOUNT, language), iterables, right: iterables.slice(0, 1) };
  },
  branches: (language: Language): Challenge => ({
    type: 'MultipleChoiceMultipleAnswers',
    prompt: say(BRANCHES, language),
    iterables: ['Montréal', 'Halifax', 'Regina', 'Victoria'],
    right: ['Montréal', 'Victoria'],
  }),
  picture: (language: Language): Challenge => ({
    type: 'ImageSelection',
    prompt: say(PICTURE, language),
    iterables: Object.values(PICTURES),
    right: [PICTURES.black],
  }),
  phone: (language: Language): Challenge => ({
    type: 'TextOrCall',
    prompt: say(PHONE, language),
    iterables: ['(•••) •••-4477', '(•••) •••-0199'],
    right: ['Text', 'Call'],
  }),
  renew: (language: Language): Challenge => ({
    type: 'QuestionAndAnswer',
    prompt: say(RENEW, language),
    iterables: [say(CITY, language), say(COUNTRY, language), say(SHAPE, language)],
    right: [],
  }),
} as const;

export type QuestionName = keyof typeof QUESTIONS;

export function roundOf(names: readonly QuestionName[], language: Language): Round {
  return { challenges: names.map((name) => QUESTIONS[name](language)), mustActAtBank: names.includes('renew') };
}

function typed(prompt: Texts, ...right: string[]) {
  return (language: Language): Challenge => ({
    type: 'QuestionAndAnswer',
    prompt: say(prompt, language),
    iterables: [],
    right,
  });
}
