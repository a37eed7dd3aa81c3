import type { FlanksSwitches } from './flanks-simulator.types.js';

export interface ErrorDetail {
  readonly error_type: string;
  readonly field: string;
}

interface Wording {
  /** Human text of the old shape. */
  readonly text: string;
  /** Number of the old shape; `null` = none. */
  readonly number: number | null;
  /** Code of the new shape. */
  readonly word: string;
  readonly details?: readonly ErrorDetail[];
}

/** `old`: `{error}` and sometimes a number. `new`: `{success, error: {code, details}, trace_id}`. */
export type ErrorShape = 'old' | 'new';

const CONFIGURATION_ERROR = 40001;

export class FlanksError extends Error {
  constructor(
    readonly statusCode: number,
    readonly shape: ErrorShape,
    readonly wording: Wording,
  ) {
    super(wording.text);
  }

  body(switches: FlanksSwitches, traceId: string): Record<string, unknown> {
    const { text, number, word, details } = this.wording;
    const isNew = this.shape === 'new' || (this.statusCode === 400 && switches.badRequestShape === 'new');
    if (!isNew) return { error: text, ...(number !== null && { code: number }) };
    return { success: false, error: { code: word, ...(details && { details }) }, trace_id: traceId };
  }
}

export const unauthenticated = (): FlanksError => plain(401, 'Invalid credentials');

export const accessDenied = (): FlanksError => plain(403, 'access_denied');

export const plain = (statusCode: number, text: string): FlanksError =>
  new FlanksError(statusCode, 'old', { text, number: null, word: 'Error' });

export function missing(shape: ErrorShape, fields: readonly string[]): FlanksError {
  const details = fields.map((field) => ({ error_type: 'missing', field }));
  const text = `Missing fields: ${fields.join(', ')}`;
  return new FlanksError(400, shape, { text, number: CONFIGURATION_ERROR, word: 'ValidationError', details });
}

export function invalid(shape: ErrorShape, field: string): FlanksError {
  const details = [{ error_type: 'invalid', field }];
  const text = `Invalid ${field}`;
  return new FlanksError(400, shape, { text, number: CONFIGURATION_ERROR, word: 'ValidationError', details });
}

/** Unknown things are 400, never 404. */
export const absent = (what: string): FlanksError =>
  new FlanksError(400, 'old', { text: `${what} does not exist`, number: CONFIGURATION_ERROR, word: 'NotFound' });

/** A 400 of the new endpoints that is not about a field. */
export const refused = (word: string): FlanksError => new FlanksError(400, 'new', { text: word, number: null, word });

/** Data that is not there: `INCOMPLETE` failed, `PROCESSING` is still being fetched. */
export function noData(statusCode: number, why: 'INCOMPLETE' | 'PROCESSING'): FlanksError {
  const number = { INCOMPLETE: 20001, PROCESSING: 20002 }[why];
  return new FlanksError(statusCode, 'old', { text: why, number, word: why });
}
