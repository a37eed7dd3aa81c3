import type { FastifyRequest } from 'fastify';

export type RequestWith<Params> = Omit<FastifyRequest, 'params'> & { readonly params: Params };

/** How one GET route is cached. */
export interface CachedReadOptions<Params = { readonly id: string }, Body = unknown> {
  /** All that the answer depends on, the caller too if it does; see `keys.ts`. */
  readonly key: (request: RequestWith<Params>) => string;
  /** What must be invalidated for this answer to go; always the same tags for one key. */
  readonly tags: (request: RequestWith<Params>) => readonly string[];
  /** False = this body is not kept, e.g. a connection that is moving. Missing = every body is kept. */
  readonly cacheable?: (body: Body) => boolean;
}
