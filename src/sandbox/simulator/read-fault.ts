import type { FaultAction, FaultRule } from './faults.js';
import { type Json, isObject } from './json.js';

/** Reads a rule that came as JSON. @returns a sentence when it is none. */
export function readFault(given: unknown): FaultRule | string {
  if (!isObject(given)) return 'A fault is an object.';
  const { method, path, times, after } = given;
  if (typeof path !== 'string' || !isPattern(path)) return 'path must be a regular expression.';
  if (method !== undefined && typeof method !== 'string') return 'method must be a string.';
  if (times !== undefined && times !== null && !isCount(times)) return 'times must be null or a whole number from 1.';
  if (after !== undefined && !isCount(after)) return 'after must be a whole number from 1.';
  const action = readAction(given['action']);
  if (typeof action === 'string') return action;
  return {
    path,
    action,
    ...(method !== undefined && { method: method.toUpperCase() }),
    ...(times !== undefined && { times }),
    ...(after !== undefined && { after }),
  };
}

function readAction(given: unknown): FaultAction | string {
  if (!isObject(given)) return 'action must be an object.';
  switch (given['kind']) {
    case 'respond':
      return readRespond(given);
    case 'delay':
      return isCount(given['ms']) ? { kind: 'delay', ms: given['ms'] } : 'ms must be a whole number from 1.';
    case 'hang':
    case 'reset':
    case 'accept-then-reset':
    case 'malformed':
    case 'truncate':
      return { kind: given['kind'] };
    default:
      return 'kind must be respond, delay, hang, reset, accept-then-reset, malformed or truncate.';
  }
}

function readRespond({ status, headers, body, contentType }: Json): FaultAction | string {
  if (!isCount(status) || status < 200 || status > 599) return 'status must be 200 to 599.';
  if (contentType !== undefined && typeof contentType !== 'string') return 'contentType must be a string.';
  if (headers !== undefined && !isObject(headers)) return 'headers must be an object.';
  const pairs = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)] as const);
  return {
    kind: 'respond',
    status,
    headers: Object.fromEntries(pairs),
    ...(body !== undefined && { body }),
    ...(contentType !== undefined && { contentType }),
  };
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value > 0;

/** Whether it is the source of a regular expression. */
export function isPattern(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
