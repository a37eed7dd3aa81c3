import type { Ids } from '../ids/ids.js';

const SANE = /^[A-Za-z0-9._:-]{1,64}$/;

/** The caller's own id when it is harmless to log and repeat, else a new one. */
export function requestIdFrom(header: unknown, ids: Ids): string {
  return typeof header === 'string' && SANE.test(header) ? header : ids.next();
}
