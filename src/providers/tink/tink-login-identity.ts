import type { Field } from '../../credentials/field.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';

const MAYBE_SECRET = /pass|pin|secret|code|otp/i;

/**
 * Who a login belongs to, from the inputs that are no secret. Tink should not echo secrets; a name that looks like one is
 * left out all the same, so that a new password does not make a new person.
 */
export function identityOf(fields: ReadonlyMap<string, string>): Opened | null {
  const username = normal(fields.get('username') ?? '');
  if (username !== '') return new Opened(username);
  const rest = [...fields]
    .filter(([name, value]) => !MAYBE_SECRET.test(name) && normal(value) !== '')
    .map(([name, value]) => `${name}=${normal(value)}`)
    .sort();
  return rest.length === 0 ? null : new Opened(rest.join('\n'));
}

/** The same of a login that is yet to be sent: masked inputs are its secrets. */
export function identityOfInput(asked: readonly Field[], given: ReadonlyMap<string, SecretValue>): Opened | null {
  const masked = new Set(asked.filter((field) => field.masked).map(({ name }) => name));
  const shown = [...given].filter(([name]) => !masked.has(name));
  return identityOf(new Map(shown.map(([name, value]) => [name, value.reveal('to tell whose login it is')])));
}

function normal(text: string): string {
  return text.normalize('NFC').trim();
}
