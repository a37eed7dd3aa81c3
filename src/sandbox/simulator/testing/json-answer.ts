import { isObject } from '../json.js';

/** What a stranger's client does with the bodies of a simulator. */
export type Json = Readonly<Record<string, unknown>>;

/** @returns `null` when the text is not JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** The parsed object; empty when the text is none. */
export function parseObject(text: string): Json {
  const value = parse(text);
  return isObject(value) ? value : {};
}

/** @throws Error when there is no such text. */
export function text(body: Json, key: string): string {
  const value = body[key];
  if (typeof value !== 'string') throw new Error(`No ${key} in ${JSON.stringify(body)}`);
  return value;
}

/** An object inside an answer; empty when there is none. */
export function part(body: unknown, key: string): Json {
  const value = isObject(body) ? body[key] : null;
  return isObject(value) ? value : {};
}

/** The objects of a list in an answer. */
export function objects(body: Json, key: string): readonly Json[] {
  return objectsOf(body[key]);
}

export function objectsOf(value: unknown): readonly Json[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.filter(isObject);
}
