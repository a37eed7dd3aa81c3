import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import type { RequestWith } from './cached-read.options.js';
import { isUnchanged, storedAnswer, type StoredAnswer } from './stored-answer.js';
import { TaggedCache } from './tagged-cache.js';

const JSON_TYPE = 'application/json; charset=utf-8';
/** Characters. Larger answers are not kept. */
const MAX_KEPT = 32_768;

/** The options of a route, applied to one request. */
export interface Bound {
  readonly key: string;
  readonly tags: readonly string[];
  readonly cacheable: ((body: unknown) => boolean) | undefined;
}

/** Stands between a GET handler and its answer: cache, entity tag, 304. */
@Injectable()
export class ReadInterceptor {
  constructor(private readonly cache: TaggedCache) {}

  cached(
    bound: Bound,
    request: RequestWith<unknown>,
    reply: FastifyReply,
    load: () => unknown,
  ): string | undefined | Promise<string | undefined> {
    const atHand = this.cache.peek(bound.key, bound.tags) as StoredAnswer | undefined;
    return atHand ? send(atHand, request, reply) : this.fetch(bound, request, reply, load);
  }

  async etagged(request: RequestWith<unknown>, reply: FastifyReply, load: () => unknown): Promise<string | undefined> {
    return send(storedAnswer(await load()), request, reply);
  }

  private async fetch(
    { key, tags, cacheable }: Bound,
    request: RequestWith<unknown>,
    reply: FastifyReply,
    load: () => unknown,
  ): Promise<string | undefined> {
    const answer = await this.cache.read(key, tags, async () => {
      const body = await load();
      const value = storedAnswer(body);
      return { value, cacheable: value.body.length <= MAX_KEPT && (cacheable?.(body) ?? true) };
    });
    return send(answer, request, reply);
  }
}

/** Sets headers and status; gives the body that is left to send. */
function send({ body, etag }: StoredAnswer, request: RequestWith<unknown>, reply: FastifyReply): string | undefined {
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  if (isUnchanged(request.headers['if-none-match'], etag)) {
    reply.code(304);
    return undefined;
  }
  reply.header('content-type', JSON_TYPE);
  return body;
}
