import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min, ValidateBy } from 'class-validator';

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);
const ENCRYPTION_KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

export interface EncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

/** An absolute address with one of `protocols` (with the colon). Plain http may be allowed for this machine only. */
export function IsAddress(protocols: readonly string[], options: { httpOnLoopback?: boolean } = {}): PropertyDecorator {
  const names = protocols.map((protocol) => `${protocol}//`).join(' or ');
  const message = `must be an address that starts with ${names}${options.httpOnLoopback ? ' (http:// only on loopback)' : ''}`;
  const validate = (value: unknown): boolean => {
    if (typeof value !== 'string' || !URL.canParse(value)) return false;
    const { protocol, hostname } = new URL(value);
    if (protocols.includes(protocol)) return true;
    return options.httpOnLoopback === true && protocol === 'http:' && isLoopback(hostname);
  };
  return ValidateBy({ name: 'isAddress', validator: { validate, defaultMessage: () => message } });
}

/** @param host as it stands in an address or in HOST. */
export function isLoopback(host: string): boolean {
  return LOOPBACK_HOSTS.has(host);
}

/** Paths are put behind it, so it has no query and no fragment; a login in it would be shown to every user. */
export function IsBareAddress(): PropertyDecorator {
  const validate = (value: unknown): boolean => {
    if (typeof value !== 'string' || !URL.canParse(value)) return true;
    const { username, password } = new URL(value);
    return username === '' && password === '' && !/[?#]/.test(value);
  };
  const message = 'must have no user, no password, no query and no fragment';
  return ValidateBy({ name: 'isBareAddress', validator: { validate, defaultMessage: () => message } });
}

/** An optional whole number from 1 to 10000. */
export function IsLimit(): PropertyDecorator {
  return applyDecorators(
    IsInt({ message: 'must be a whole number' }),
    Min(1, { message: 'must be 1 or more' }),
    Max(10_000, { message: 'must be 10000 or less' }),
    IsOptional(),
    Type(() => Number),
  );
}

export function IsKeyList(): PropertyDecorator {
  const validate = (value: unknown): boolean => typeof value === 'string' && parseKeyList(value) !== null;
  const message = 'must be id:base64[,id:base64…] with different ids and keys of 32 bytes (openssl rand -base64 32)';
  return ValidateBy({ name: 'isKeyList', validator: { validate, defaultMessage: () => message } });
}

/** @returns null when any part breaks the rule. */
export function parseKeyList(text: string): EncryptionKey[] | null {
  const keys: EncryptionKey[] = [];
  for (const part of text.split(',')) {
    const at = part.indexOf(':');
    const id = part.slice(0, Math.max(at, 0)).trim();
    const encoded = part.slice(at + 1).trim();
    if (!KEY_ID.test(id) || !BASE64.test(encoded)) return null;
    const key = Buffer.from(encoded, 'base64');
    if (key.length !== ENCRYPTION_KEY_BYTES || keys.some((other) => other.id === id)) return null;
    keys.push({ id, key });
  }
  return keys;
}
