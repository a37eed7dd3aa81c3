import { type Json, isObject } from '../simulator/json.js';
import { type ErrorShape, invalid, missing } from './flanks-error.js';

/** Reads fields of a JSON body and complains in the words of the endpoint. */
export class Fields {
  private constructor(
    private readonly body: Json,
    private readonly shape: ErrorShape,
  ) {}

  /** No body counts as an empty one. @throws FlanksError 400 for anything that is not an object. */
  static of(body: unknown, shape: ErrorShape): Fields {
    if (body === null || body === undefined) return new Fields({}, shape);
    if (!isObject(body)) throw invalid(shape, 'body');
    return new Fields(body, shape);
  }

  /** @throws FlanksError 400 that names all that are missing. */
  require(...names: readonly string[]): this {
    const absent = names.filter((name) => (this.raw(name) ?? '') === '');
    if (absent.length > 0) throw missing(this.shape, absent);
    return this;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.body, name);
  }

  text(name: string): string {
    this.require(name);
    return this.optionalText(name) ?? '';
  }

  /** `null` when it is not there. */
  optionalText(name: string): string | null {
    const value = this.body[name];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string') throw invalid(this.shape, name);
    return value;
  }

  flag(name: string): boolean {
    const value = this.body[name] ?? false;
    if (typeof value !== 'boolean') throw invalid(this.shape, name);
    return value;
  }

  /** Another object inside; `null` when it is not there. */
  inner(name: string): Fields | null {
    const value = this.body[name];
    if (value === undefined || value === null) return null;
    if (!isObject(value)) throw invalid(this.shape, name);
    return new Fields(value, this.shape);
  }

  /** A list of texts; `null` when it is not there. */
  texts(name: string): readonly string[] | null {
    const value = this.body[name];
    if (value === undefined || value === null) return null;
    const list: readonly unknown[] = Array.isArray(value) ? value : [null];
    const texts = list.filter((item) => typeof item === 'string');
    if (texts.length < list.length) throw invalid(this.shape, name);
    return texts;
  }

  raw(name: string): unknown {
    return this.body[name];
  }

  get entries(): readonly (readonly [string, unknown])[] {
    return Object.entries(this.body);
  }
}
