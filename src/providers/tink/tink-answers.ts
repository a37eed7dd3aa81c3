import type { Challenge, SubmitInformation } from '../../credentials/challenge.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { tinkFailure } from './tink.errors.js';

type Information = Readonly<Record<string, string>>;

/**
 * The answers as Tink takes them: every value a text, by field name.
 * Failures: `challenge.none` when the dialogue takes no answers, `challenge.expired`, `challenge.unknown_field`.
 */
export function toInformation(
  challenge: Challenge,
  answers: ReadonlyMap<string, SecretValue>,
  now: Date,
): Result<Information, ProviderFailure> {
  if (challenge.kind !== 'submit_information') return fail(tinkFailure('challenge.none'));
  if (challenge.expiresAt && challenge.expiresAt <= now) return fail(tinkFailure('challenge.expired'));
  const askable = new Set(challenge.fields.filter(({ type }) => type !== 'info').map(({ name }) => name));
  const unknown = [...answers.keys()].findIndex((name) => !askable.has(name));
  if (unknown >= 0) {
    return fail(tinkFailure('challenge.unknown_field', { pointer: `/fields/${unknown}/name` }));
  }
  const given = [...answers].map(([name, value]) => [name, value.reveal('to answer the bank')] as const);
  return ok(Object.fromEntries([...unasked(challenge), ...given]));
}

/**
 * What goes along without being answered. Texts to read are sent back, as Tink's own apps do; an empty answer would
 * mean "cancel". Checkboxes keep their state: the answer is the whole wish, and one that is missing counts as unticked,
 * which makes Tink delete that account's data.
 */
function unasked(challenge: SubmitInformation): readonly (readonly [string, string])[] {
  return challenge.fields.flatMap(({ name, type, value }) => {
    if (type === 'info' && value !== undefined) return [[name, value] as const];
    return type === 'checkbox' ? [[name, value ?? 'false'] as const] : [];
  });
}
