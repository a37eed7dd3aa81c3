import type { Challenge } from '../../credentials/challenge.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { choicesIn } from '../../credentials/field-choices.js';
import type { Field } from '../../credentials/field.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { flinksFailure } from './flinks.errors.js';
import { pictureOf, WAYS } from './flinks-challenge.js';

/** By prompt; only here may the keys of a body be somebody else's text. Never change their letters. */
export type SecurityResponses = Readonly<Record<string, readonly string[]>>;

/**
 * The answers as Flinks takes them.
 * Failures: `challenge.none` when the dialogue takes no answers, `challenge.expired`, `challenge.unknown_field`.
 */
export function toResponses(
  challenge: Challenge,
  answers: ReadonlyMap<string, SecretValue>,
  phonePrompts: readonly string[],
  now: Date,
): Result<SecurityResponses, ProviderFailure> {
  if (challenge.kind !== 'submit_information') return fail(flinksFailure('challenge.none'));
  if (challenge.expiresAt && challenge.expiresAt <= now) return fail(flinksFailure('challenge.expired'));
  const fields = new Map(challenge.fields.map((field) => [field.name, field]));
  const entries: (readonly [string, readonly string[]])[] = [];
  for (const [index, [name, value]] of [...answers].entries()) {
    const field = fields.get(name);
    if (!field) return fail(flinksFailure('challenge.unknown_field', { pointer: `/fields/${index}/name` }));
    entries.push(toEntry(field, value.reveal('to answer the bank'), phonePrompts));
  }
  return ok(Object.fromEntries(entries));
}

function toEntry(field: Field, value: string, phonePrompts: readonly string[]): readonly [string, readonly string[]] {
  const { label: prompt, type, options = [] } = field;
  if (phonePrompts.includes(prompt)) return phoneEntry(prompt, value);
  if (type === 'multi_select') return [prompt, choices(value, options)];
  if (type === 'image') {
    const image = options.find((option) => option.value === value)?.image;
    return [prompt, [image === undefined ? value : pictureOf(image)]];
  }
  return [prompt, [value]];
}

/** The key is the chosen number, not the prompt. */
function phoneEntry(prompt: string, value: string): readonly [string, readonly string[]] {
  const way = WAYS.find((each) => value.startsWith(`${each}:`));
  return way === undefined ? [prompt, [value]] : [value.slice(way.length + 1), [way]];
}

function choices(value: string, options: NonNullable<Field['options']>): readonly string[] {
  const offered = options.map((option) => option.value);
  return choicesIn(value, offered) ?? value.split(',');
}
