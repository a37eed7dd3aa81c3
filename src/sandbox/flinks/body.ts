import { isObject } from '../simulator/json.js';
import { FlinksError } from './flinks-error.js';
import type { Language } from './wire.types.js';

/** A request whose keys are lower case: the vendor reads them in any case. Keys further inside are as they came. */
export type Body = ReadonlyMap<string, unknown>;

/** No body counts as an empty one. @throws FlinksError INVALID_REQUEST for anything that is not an object. */
export function bodyOf(given: unknown): Body {
  if (given === null || given === undefined) return new Map();
  if (!isObject(given)) throw invalid('The body must be an object.');
  return new Map(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value]));
}

/** Empty text counts as left out. */
export function optionalText(body: Body, key: string): string | null {
  const value = body.get(key.toLowerCase());
  if (value === undefined || value === null || value === '') return null;
  if (typeof value !== 'string') throw invalid(`${key} must be a string.`);
  return value;
}

export function requiredText(body: Body, key: string): string {
  const value = optionalText(body, key);
  if (value === null) throw invalid(`${key} is required.`);
  return value;
}

export function flag(body: Body, key: string, otherwise: boolean): boolean {
  const value = body.get(key.toLowerCase());
  if (value === undefined || value === null) return otherwise;
  if (typeof value !== 'boolean') throw invalid(`${key} must be a boolean.`);
  return value;
}

/** `null` when left out. */
export function textList(body: Body, key: string): readonly string[] | null {
  const value = body.get(key.toLowerCase());
  return value === undefined || value === null ? null : texts(value, key);
}

export function texts(value: unknown, name: string): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const strings = list.filter((item) => typeof item === 'string');
  if (!Array.isArray(value) || strings.length !== list.length) throw invalid(`${name} must be an array of strings.`);
  return strings;
}

/** Bodies inside a list. */
export function bodyList(body: Body, key: string): readonly Body[] {
  const value = body.get(key.toLowerCase());
  if (!Array.isArray(value)) throw invalid(`${key} must be an array.`);
  const items: readonly unknown[] = value;
  return items.map(bodyOf);
}

/** @throws FlinksError INVALID_REQUEST for another word; its case does not matter. */
export function word<T extends string>(body: Body, key: string, words: readonly T[], otherwise: T): T {
  const text = optionalText(body, key);
  if (text === null) return otherwise;
  const known = words.find((candidate) => candidate.toLowerCase() === text.toLowerCase());
  if (known === undefined) throw invalid(`${key} must be one of ${words.join(', ')}.`);
  return known;
}

export function language(body: Body): Language {
  return word(body, 'Language', ['en', 'fr'], 'en');
}

export function invalid(message: string): FlinksError {
  return new FlinksError('INVALID_REQUEST', { message });
}
