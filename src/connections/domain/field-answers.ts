import { choicesIn } from '../../credentials/field-choices.js';
import type { Field } from '../../credentials/field.js';
import { patternCost } from './pattern-cost.js';

/** One answer as the caller gave it. `pointer` leads to it in the request body. */
export interface Answer {
  readonly name: string;
  readonly value: string;
  readonly pointer: string;
}

export interface AnswerProblem {
  readonly kind: 'unknown_field' | 'invalid';
  readonly pointer: string;
  readonly message: string;
}

/** Longest value that a pattern is run on, and longest pattern that is run: patterns come from outside. */
const LONGEST_MATCHED = 512;
/** Ways to try a pattern on a value; some milliseconds. */
const MOST_WAYS = 100_000;

/** Compares answers with what was asked. An empty list means that they fit. Values never appear in a message. */
export function checkAnswers(fields: readonly Field[], answers: readonly Answer[], root: string): AnswerProblem[] {
  const asked = new Map(fields.filter((field) => field.type !== 'info').map((field) => [field.name, field]));
  const problems: AnswerProblem[] = [];
  const seen = new Set<string>();
  for (const answer of answers) {
    const field = asked.get(answer.name);
    if (!field) {
      problems.push({
        kind: 'unknown_field',
        pointer: answer.pointer,
        message: `The bank does not ask for this. ${askedFor(asked)}`,
      });
    } else if (seen.has(answer.name)) {
      problems.push({ kind: 'invalid', pointer: answer.pointer, message: 'Answered twice.' });
    } else {
      const message = mismatch(field, answer.value);
      if (message !== null) problems.push({ kind: 'invalid', pointer: answer.pointer, message });
    }
    seen.add(answer.name);
  }
  for (const field of asked.values()) {
    if (field.required && !seen.has(field.name)) {
      problems.push({
        kind: 'invalid',
        pointer: `${root}/${escapePointer(field.name)}`,
        message: `Required: ${field.label}.`,
      });
    }
  }
  return problems;
}

/** RFC 6901. */
export function escapePointer(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

function askedFor(asked: ReadonlyMap<string, Field>): string {
  return asked.size === 0 ? 'It asks for nothing.' : `It asks for: ${[...asked.keys()].join(', ')}.`;
}

function mismatch(field: Field, value: string): string | null {
  if (value === '' && !field.required) return null;
  if (value === '') return `Required: ${field.label}.`;
  if (field.minLength !== undefined && value.length < field.minLength) return `At least ${field.minLength} characters.`;
  if (field.maxLength !== undefined && value.length > field.maxLength) return `At most ${field.maxLength} characters.`;
  if (field.type === 'numeric' && !/^\d+$/.test(value)) return 'Digits only.';
  if (field.type === 'checkbox' && value !== 'true' && value !== 'false') return 'Must be "true" or "false".';
  const choice = wrongChoice(field, value);
  if (choice !== null) return choice;
  return matchesPattern(field, value) ? null : (field.patternError ?? 'Does not have the form that the bank asks for.');
}

/** Several choices are joined by commas. A choice without options is free. */
function wrongChoice({ type, options = [] }: Field, value: string): string | null {
  const offered = options.map((option) => option.value);
  if (offered.length === 0) return null;
  const chosen = type === 'multi_select' ? choicesIn(value, offered) : offered.includes(value) ? [value] : null;
  if (chosen === null) return 'Not one of the options.';
  return new Set(chosen).size < chosen.length ? 'Chosen twice.' : null;
}

/** A pattern that does not compile here, or takes too long, is the provider's to judge. */
function matchesPattern({ pattern }: Field, value: string): boolean {
  if (pattern === undefined) return true;
  if (value.length > LONGEST_MATCHED) return false;
  if (pattern.length > LONGEST_MATCHED || patternCost(pattern, value.length) > MOST_WAYS) return true;
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(value);
  } catch {
    return true;
  }
}
