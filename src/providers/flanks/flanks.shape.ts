/** Thrown inside `parsed` when a body is not what it should be. */
class BadShape extends Error {}

/** Epoch values above this are milliseconds: as seconds they would be in the year 5138. */
const SECONDS_END = 1e11;
const LATEST_MS = 8.64e15;

/** A JSON object whose members are read with a check of their type. Unknown members are never looked at. */
export class Shape {
  constructor(readonly members: Readonly<Record<string, unknown>>) {}

  text(key: string): string {
    const value = this.optionalText(key);
    if (value === null) throw new BadShape(key);
    return value;
  }

  /** `null` when missing, null or empty. */
  optionalText(key: string): string | null {
    const value = this.members[key] ?? null;
    if (value !== null && typeof value !== 'string') throw new BadShape(key);
    return value === '' ? null : value;
  }

  /** One text, or a list of them. */
  texts(key: string): readonly string[] {
    const value = this.members[key] ?? [];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.filter((item) => typeof item === 'string');
  }

  flag(key: string): boolean {
    const value = this.members[key];
    if (typeof value !== 'boolean') throw new BadShape(key);
    return value;
  }

  optionalFlag(key: string, missing: boolean): boolean {
    return (this.members[key] ?? null) === null ? missing : this.flag(key);
  }

  number(key: string): number {
    const value = this.members[key];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new BadShape(key);
    return value;
  }

  /** Epoch seconds, or milliseconds: the vendor does not say which. `null` when null, `undefined` when missing. */
  optionalTime(key: string): Date | null | undefined {
    const value = this.members[key];
    if (value === undefined || value === null) return value;
    if (typeof value !== 'number' || value < 0) throw new BadShape(key);
    const ms = value < SECONDS_END ? value * 1000 : value;
    if (!(ms <= LATEST_MS)) throw new BadShape(key);
    return new Date(ms);
  }

  list<T>(key: string, read: (item: Shape) => T): readonly T[] {
    return itemsOf(this.members[key], read);
  }

  /** Leaves out the items that `read` cannot use: one odd entry of a long directory must not hide the others. */
  usableItems<T>(key: string, read: (item: Shape) => T): readonly T[] {
    return usable(this.members[key], read);
  }

  object(key: string): Shape {
    return shapeOf(this.members[key]);
  }

  optionalObject(key: string): Shape | undefined {
    const value = this.members[key] ?? undefined;
    return value === undefined ? undefined : shapeOf(value);
  }

  /** Names of the members that are true. */
  trueNames(): readonly string[] {
    return Object.keys(this.members).filter((name) => this.members[name] === true);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shapeOf(value: unknown): Shape {
  if (!isObject(value)) throw new BadShape('not an object');
  return new Shape(value);
}

function itemsOf<T>(value: unknown, read: (item: Shape) => T): readonly T[] {
  if (!Array.isArray(value)) throw new BadShape('not a list');
  return value.map((item: unknown) => read(shapeOf(item)));
}

function usable<T>(value: unknown, read: (item: Shape) => T): readonly T[] {
  if (!Array.isArray(value)) throw new BadShape('not a list');
  return value.flatMap((item: unknown) => {
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
