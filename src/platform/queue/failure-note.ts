import { safeError } from '../logging/safe-error.js';
import { scrub } from '../logging/scrub.js';
import type { FailureNote } from './job-source.js';

const MOST_LETTERS = 300;

/** One line without what a caller or a provider sent. */
export function noteOf(error: unknown): FailureNote {
  const { type, message, code } = safeError(error);
  const facts = [type, typeof code === 'string' ? code : null, message ?? null].filter((fact) => fact !== null);
  const [line = type] = scrub(facts.join(': ')).split('\n');
  return { message: line.slice(0, MOST_LETTERS) };
}
