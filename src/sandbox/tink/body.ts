import { badRequest } from './tink-error.js';

export type Body = Readonly<Record<string, unknown>>;

/** No body counts as an empty one. @throws TinkError 400 for anything that is not an object. */
export function objectOf(body: unknown): Body {
  if (body === null || body === undefined) return {};
  if (!isObject(body)) throw badRequest('The body must be an object');
  return body;
}

export function optionalText(body: Body, key: string): string | null {
  const value = body[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw badRequest(`${key} must be a string`);
  return value;
}

export function requiredText(body: Body, key: string): string {
  const value = optionalText(body, key);
  if (value === null || value === '') throw badRequest(`${key} is required`);
  return value;
}

export function optionalFlag(body: Body, key: string): boolean | null {
  const value = body[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'boolean') throw badRequest(`${key} must be a boolean`);
  return value;
}

export function textMap(body: Body, key: string): Readonly<Record<string, string>> {
  const value = body[key];
  if (!isObject(value)) throw badRequest(`${key} is required`);
  return Object.fromEntries(Object.keys(value).map((name) => [name, optionalText(value, name) ?? '']));
}

/** A query value; a repeated key gives several. */
export function queryList(query: Body, key: string): readonly string[] {
  const value = query[key];
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.filter((item) => typeof item === 'string');
}

export function queryFlag(query: Body, key: string): boolean {
  return queryList(query, key)[0] === 'true';
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
