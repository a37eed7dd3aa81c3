import { actorOf, type Caller } from '../../../access/caller.js';
import { Failure } from '../../../platform/errors/failure.js';

/**
 * Whose endpoints a caller sees, e.g. `client:0199…`.
 * @throws Failure `access.denied` for the token of a user: an endpoint outlives it
 */
export function ownerOf(caller: Caller): string {
  if (caller.kind === 'user') throw new Failure('access.denied', { detail: 'A user token cannot have webhooks.' });
  return actorOf(caller);
}
