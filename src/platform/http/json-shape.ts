import { decimalIn, WrittenNumber } from './written-number.js';

/** Thrown inside `parsed` when a body is not what it should be. */
class BadShape extends Error {}

/**
 * A JSON object whose members are read with a check of their type. Unknown members are never looked at.
 *
 * A reader refuses a member of another type. `optional…` takes a missing member and `null` for the same; no reader takes
 * them unless its name says so. Only `optionalNumeric` and the decimals take a number's text, and only `filledText` an
 * empty text for none.
 */
export class Shape {
  constructor(private readonly members: Readonly<Record<string, unknown>>) {}

  /** Not empty. */
  text(key: string): string {
    return this.filledText(key) ?? this.refuse(key);
  }

  /** May be empty; `null` when missing or null. */
  optionalText(key: string): string | null {
    const value = this.members[key] ?? null;
    return value === null || typeof value === 'string' ? value : this.refuse(key);
  }

  /** `null` when missing, null or empty. */
  filledText(key: string): string | null {
    const value = this.optionalText(key);
    return value === '' ? null : value;
  }

  flag(key: string): boolean {
    const value = this.members[key];
    return typeof value === 'boolean' ? value : this.refuse(key);
  }

  optionalFlag(key: string, missing: boolean): boolean {
    return this.has(key) ? this.flag(key) : missing;
  }

  number(key: string): number {
    const value = plain(this.members[key]);
    return typeof value === 'number' && Number.isFinite(value) ? value : this.refuse(key);
  }

  /** A number, or its text; `undefined` when missing or null. */
  optionalNumeric(key: string): number | undefined {
    const value = plain(this.members[key] ?? undefined);
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : this.refuse(key);
  }

  /** As `optionalDecimal`, and there must be one. */
  decimal(key: string): string {
    return this.optionalDecimal(key) ?? this.refuse(key);
  }

  /**
   * A number to its last digit, e.g. `-12.50`: the digits of the vendor, without exponent, plus sign and leading zeros.
   * `null` when missing or null.
   * @throws Error for a body that was not read with `exactJsonIn`: its numbers have been through binary fractions.
   */
  optionalDecimal(key: string): string | null {
    const value = this.members[key] ?? null;
    if (value === null) return null;
    if (typeof value === 'number') throw new Error('Amounts are read from exact JSON only.');
    const text = value instanceof WrittenNumber ? value.text : value;
    return (typeof text === 'string' ? decimalIn(text) : undefined) ?? this.refuse(key);
  }

  /** A member that a provider writes in its own way. @param read gives `undefined` for what it refuses. */
  as<T extends object>(key: string, read: (value: unknown) => T | undefined): T {
    return this.optionalAs(key, read) ?? this.refuse(key);
  }

  /** The same; `null` when null, `undefined` when missing: an answer that does not say is not one that says "none". */
  optionalAs<T extends object>(key: string, read: (value: unknown) => T | undefined): T | null | undefined {
    const value = plain(this.members[key]);
    return value === undefined || value === null ? value : (read(value) ?? this.refuse(key));
  }

  list<T>(key: string, read: (item: Shape) => T): readonly T[] {
    return arrayOf(this.members[key]).map((item) => read(shapeOf(item)));
  }

  /** Empty when missing or null. */
  optionalList<T>(key: string, read: (item: Shape) => T): readonly T[] {
    return this.has(key) ? this.list(key, read) : [];
  }

  /** Leaves out the items that `read` cannot use: one odd entry of a long directory must not hide the others. */
  usableItems<T>(key: string, read: (item: Shape) => T): readonly T[] {
    return usable(this.members[key], read);
  }

  /** How many items a list has, usable or not. */
  length(key: string): number {
    return arrayOf(this.members[key]).length;
  }

  textList(key: string): readonly string[] {
    return arrayOf(this.members[key]).map((item) => (typeof item === 'string' ? item : this.refuse(key)));
  }

  /** Empty when missing or null. */
  optionalTextList(key: string): readonly string[] {
    return this.has(key) ? this.textList(key) : [];
  }

  object(key: string): Shape {
    return shapeOf(this.members[key]);
  }

  optionalObject(key: string): Shape | undefined {
    return this.has(key) ? this.object(key) : undefined;
  }

  /** An object of texts; null values are left out, a missing object is empty. */
  optionalTexts(key: string): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    const inner = this.optionalObject(key);
    for (const name of Object.keys(inner?.members ?? {})) {
      const text = inner?.optionalText(name) ?? null;
      if (text !== null) texts.set(name, text);
    }
    return texts;
  }

  /** Names of the members that are true. */
  trueNames(): readonly string[] {
    return Object.keys(this.members).filter((name) => this.members[name] === true);
  }

  /** @returns `undefined` where `read` cannot use this object: the rest of the body is read all the same. */
  attempt<T>(read: (shape: Shape) => T): T | undefined {
    return guarded(() => read(this));
  }

  /** For what a reader itself finds wrong. */
  refuse(key: string): never {
    throw new BadShape(key);
  }

  private has(key: string): boolean {
    return (this.members[key] ?? null) !== null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber);
}

/** For readers to whom a binary fraction is good enough. */
function plain(value: unknown): unknown {
  return value instanceof WrittenNumber ? Number(value.text) : value;
}

function shapeOf(value: unknown): Shape {
  if (!isObject(value)) throw new BadShape('not an object');
  return new Shape(value);
}

function arrayOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadShape('not a list');
  return value;
}

function usable<T>(value: unknown, read: (item: Shape) => T): readonly T[] {
  return arrayOf(value).flatMap((item) => {
    const one = parsed(item, read);
    return one === undefined ? [] : [one];
  });
}

function guarded<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof BadShape) return undefined;
    throw error;
  }
}

/** @returns `undefined` when `value` is not an object that `read` can use. */
export function parsed<T>(value: unknown, read: (shape: Shape) => T): T | undefined {
  return guarded(() => read(shapeOf(value)));
}

/** A bare array; items that `read` cannot use are left out. @returns `undefined` when `value` is no array. */
export function parsedItems<T>(value: unknown, read: (shape: Shape) => T): readonly T[] | undefined {
  return guarded(() => usable(value, read));
}

/** For JSON text inside JSON, and for texts that we wrote ourselves. @returns `undefined` when it is not JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * The same, and every number keeps its digits: for bodies with amounts of money, read with `Shape.decimal`.
 * @throws Error on a platform that does not hand the text of numbers to a reviver.
 */
export function exactJsonIn(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value;
  if (context?.source === undefined) throw new Error('This platform does not tell how a number was written.');
  return new WrittenNumber(context.source);
}
