/** Thrown inside `parsed` when a body is not what it should be. */
class BadShape extends Error {}

const LATEST_MS = 8.64e15;

/** A JSON object whose members are read with a check of their type. Unknown members are never looked at. */
export class Shape {
  constructor(private readonly members: Readonly<Record<string, unknown>>) {}

  text(key: string): string {
    const value = this.optionalText(key);
    if (value === null || value === '') throw new BadShape(key);
    return value;
  }

  /** `null` when missing or null. */
  optionalText(key: string): string | null {
    const value = this.members[key] ?? null;
    if (value !== null && typeof value !== 'string') throw new BadShape(key);
    return value;
  }

  flag(key: string): boolean {
    const value = this.members[key] ?? false;
    if (typeof value !== 'boolean') throw new BadShape(key);
    return value;
  }

  /** A number, or its text; `undefined` when missing or null. */
  optionalNumber(key: string): number | undefined {
    const value = this.members[key] ?? undefined;
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isFinite(number)) throw new BadShape(key);
    return number;
  }

  /** Epoch milliseconds. */
  time(key: string): Date {
    const value = this.optionalTime(key);
    if (!value) throw new BadShape(key);
    return value;
  }

  /** `null` when null, `undefined` when missing: an answer that does not say is not an answer that says "none". */
  optionalTime(key: string): Date | null | undefined {
    const value = this.members[key];
    if (value === undefined || value === null) return value;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > LATEST_MS) {
      throw new BadShape(key);
    }
    return new Date(value);
  }

  list<T>(key: string, read: (item: Shape) => T): readonly T[] {
    const value = this.members[key];
    if (!Array.isArray(value)) throw new BadShape(key);
    return value.map((item: unknown) => read(shapeOf(item)));
  }

  textList(key: string): readonly string[] {
    const value: unknown = this.members[key];
    if (!Array.isArray(value)) throw new BadShape(key);
    return value.map((item: unknown) => {
      if (typeof item !== 'string') throw new BadShape(key);
      return item;
    });
  }

  optionalList<T>(key: string, read: (item: Shape) => T): readonly T[] {
    return (this.members[key] ?? null) === null ? [] : this.list(key, read);
  }

  /** Leaves out the items that `read` cannot use: one odd entry of a long directory must not hide the others. */
  usableItems<T>(key: string, read: (item: Shape) => T): readonly T[] {
    const value = this.members[key];
    if (!Array.isArray(value)) throw new BadShape(key);
    return value.flatMap((item: unknown) => {
      const usable = parsed(item, read);
      return usable === undefined ? [] : [usable];
    });
  }

  optionalObject(key: string): Shape | undefined {
    const value = this.members[key] ?? undefined;
    return value === undefined ? undefined : shapeOf(value);
  }

  /** An object of texts; null values are left out, a missing object is empty. */
  texts(key: string): ReadonlyMap<string, string> {
    const value = this.optionalObject(key);
    const texts = new Map<string, string>();
    for (const name of Object.keys(value?.members ?? {})) {
      const text = value?.optionalText(name) ?? null;
      if (text !== null) texts.set(name, text);
    }
    return texts;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shapeOf(value: unknown): Shape {
  if (!isObject(value)) throw new BadShape('not an object');
  return new Shape(value);
}

/** @returns `undefined` when `value` is not an object that `read` can use. */
export function parsed<T>(value: unknown, read: (shape: Shape) => T): T | undefined {
  try {
    return read(shapeOf(value));
  } catch (error) {
    if (error instanceof BadShape) return undefined;
    throw error;
  }
}

/** JSON text inside JSON. @returns `undefined` when it is not JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
