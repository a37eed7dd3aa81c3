import type { UpstreamAnswer } from '../connections/deletion-receipt.js';

const STRONGEST_FIRST = ['deleted', 'already_gone'] as const;

/** Several answers in one word: what may be left anywhere counts most, then what was there. */
export function oneAnswer(answers: readonly UpstreamAnswer[]): UpstreamAnswer {
  const failure = answers.find((answer) => answer.startsWith('failed:'));
  return failure ?? STRONGEST_FIRST.find((word) => answers.includes(word)) ?? 'not_needed';
}
