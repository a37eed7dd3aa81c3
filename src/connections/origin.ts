import { actorOf, type Caller } from '../access/caller.js';
import { RequestContext } from '../platform/logging/request-context.js';
import type { Trigger } from './domain/connection-event.js';

/** Who or what causes a change; stands in the event that tells of it. */
export interface Origin {
  readonly trigger: Trigger;
  /** `client:<id>`, or the name of a task. */
  readonly actor: string;
  readonly requestId: string | null;
}

/** A caller of the REST API as the origin of a change. */
export function apiOrigin(caller: Caller): Origin {
  return { trigger: 'api', actor: actorOf(caller), requestId: RequestContext.requestId };
}

/** Whoever has a user token hears of no other user's things, not even that they are there; anybody else sees them all. */
export function mayHearOf({ actor }: Origin, userId: string): boolean {
  return !actor.startsWith('user:') || actor === `user:${userId}`;
}
