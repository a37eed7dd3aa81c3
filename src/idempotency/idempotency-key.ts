import { Failure } from '../platform/errors/failure.js';

export const IDEMPOTENCY_HEADER = 'idempotency-key';
export const REPLAYED_HEADER = 'idempotency-replayed';

/** Visible ASCII. Two headers of the name arrive joined by a comma and a space, and are refused with it. */
const KEY = /^[\x21-\x7e]{1,255}$/;
const RULE = 'The header Idempotency-Key must have 1 to 255 visible ASCII characters.';
/** Grants and tokens are never kept, and each one that is given out is audited; a repeat gets one of its own. */
const NEVER_KEPT = /^\/v1\/users\/(:id\/authorization-grants|access-tokens|:id\/tokens)$/;

/** @param route as Fastify writes it, e.g. `/v1/users/:id/tokens`. True = the header is not looked at there. */
export function isNeverKept(route: string): boolean {
  return NEVER_KEPT.test(route);
}

/** @throws Failure `request.invalid` */
export function idempotencyKeyOf(header: string | readonly string[]): string {
  if (typeof header === 'string' && KEY.test(header)) return header;
  throw new Failure('request.invalid', { detail: RULE, violations: [{ pointer: IDEMPOTENCY_HEADER, message: RULE }] });
}
