import { createHash } from 'node:crypto';
import type { Challenge, Round } from '../data/challenges.js';
import type { SecurityResponses } from '../flinks-simulator.types.js';
import type { SecurityChallenge } from '../wire.types.js';

export type Verdict = 'nothing' | 'right' | 'wrong' | 'UNKNOWN_CHALLENGE_KEY' | 'SECURITYRESPONSES_INCOMPLETE';

/** A phone is answered under its own number, everything else under its prompt. */
const keysOf = ({ type, prompt, iterables }: Challenge): readonly string[] =>
  type === 'TextOrCall' ? iterables : [prompt];

/** Keys count letter by letter, answers that were typed do not. */
export function judge({ challenges }: Round, responses: SecurityResponses): Verdict {
  const given = Object.keys(responses);
  if (given.length === 0) return 'nothing';
  const known = challenges.flatMap(keysOf);
  if (given.some((key) => !known.includes(key))) return 'UNKNOWN_CHALLENGE_KEY';
  const answered = challenges.map((challenge) => keysOf(challenge).filter((key) => given.includes(key)));
  if (answered.some((keys) => keys.length === 0)) return 'SECURITYRESPONSES_INCOMPLETE';
  const right = challenges.every((challenge, n) => isRight(challenge, answered[n] ?? [], responses));
  return right ? 'right' : 'wrong';
}

function isRight(challenge: Challenge, keys: readonly string[], responses: SecurityResponses): boolean {
  const [key = '', ...more] = keys;
  const answers = responses[key] ?? [];
  if (more.length > 0) return false;
  const { type, right } = challenge;
  if (type === 'MultipleChoiceMultipleAnswers') {
    return answers.length === right.length && right.every((option) => answers.includes(option));
  }
  const [answer = '', ...others] = answers;
  if (others.length > 0) return false;
  if (type !== 'QuestionAndAnswer') return right.includes(answer);
  return right.some((accepted) => plain(accepted) === plain(answer));
}

/** The answers that are right, ready to be sent. */
export function expectedAnswers({ challenges }: Round): SecurityResponses {
  return Object.fromEntries(
    challenges.map((challenge) => {
      const { type, right, iterables } = challenge;
      const several = type === 'MultipleChoiceMultipleAnswers';
      return [keysOf(challenge)[0] ?? '', several ? right : [right[0] ?? iterables[0] ?? '']];
    }),
  );
}

export function challengeView({ type, prompt, iterables }: Challenge): SecurityChallenge {
  return { Type: type, Prompt: prompt, ...(iterables.length > 0 && { Iterables: iterables }) };
}

/** Digests of stored answers, by prompt. */
export type StoredAnswers = Readonly<Record<string, string>>;

export function storeAnswer(answer: string): string {
  return createHash('sha256')
    .update(`answer:${plain(answer)}`)
    .digest('hex');
}

/** What of the rounds is left when everything stored is answered. @returns `null` when a stored answer is wrong. */
export function answerFromStore(rounds: readonly Round[], stored: StoredAnswers): readonly Round[] | null {
  const simple = (challenge: Challenge): boolean =>
    challenge.type === 'QuestionAndAnswer' && challenge.right.length > 0 && stored[challenge.prompt] !== undefined;
  const known = rounds.flatMap(({ challenges }) => challenges).filter(simple);
  const wrong = known.some(({ prompt, right }) => !right.map(storeAnswer).includes(stored[prompt] ?? ''));
  if (wrong) return null;
  const rest = rounds.map((round) => ({ ...round, challenges: round.challenges.filter((one) => !simple(one)) }));
  return rest.filter(({ challenges }) => challenges.length > 0);
}

const plain = (text: string): string => text.trim().toLowerCase();
