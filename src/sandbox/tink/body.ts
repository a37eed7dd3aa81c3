import { type Json, isObject, queryList } from '../simulator/json.js';
import { badRequest } from './tink-error.js';

/** No body counts as an empty one. @throws TinkError 400 for anything that is not an object. */
export function objectOf(body: unknown): Json {
  if (body === null || body === undefined) return {};
  if (!isObject(body)) throw badRequest('The body must be an object');
  return body;
}

export function optionalText(body: Json, key: string): string | null {
  const value = body[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw badRequest(`${key} must be a string`);
  return value;
}

export function requiredText(body: Json, key: string): string {
  const value = optionalText(body, key);
  if (value === null || value === '') throw badRequest(`${key} is required`);
  return value;
}

export function optionalFlag(body: Json, key: string): boolean | null {
  const value = body[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'boolean') throw badRequest(`${key} must be a boolean`);
  return value;
}

export function textMap(body: Json, key: string): Readonly<Record<string, string>> {
  const value = body[key];
  if (!isObject(value)) throw badRequest(`${key} is required`);
  return Object.fromEntries(Object.keys(value).map((name) => [name, optionalText(value, name) ?? '']));
}

export function queryFlag(query: Json, key: string): boolean {
  return queryList(query, key)[0] === 'true';
}
