import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastValueFrom, of, type Observable } from 'rxjs';

import { CACHED_READ, type CachedReadOptions } from './cached-read.options.js';
import { isUnchanged, storedAnswer, type StoredAnswer } from './stored-answer.js';
import { TaggedCache } from './tagged-cache.js';

const JSON_TYPE = 'application/json; charset=utf-8';
/** Characters. Larger answers are not kept. */
const MAX_KEPT = 32_768;

@Injectable()
export class CachedReadInterceptor implements NestInterceptor {
  constructor(private readonly cache: TaggedCache) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & { params: never }>();
    const reply = http.getResponse<FastifyReply>();
    const options = optionsOf(context.getHandler());
    const answer = options
      ? await this.cache.read(options.key(request), options.tags(request), async () => {
          const body: unknown = await lastValueFrom(next.handle());
          const value = storedAnswer(body);
          return { value, cacheable: value.body.length <= MAX_KEPT && (options.cacheable?.(body) ?? true) };
        })
      : storedAnswer(await lastValueFrom(next.handle()));
    return of(send(answer, request.headers['if-none-match'], reply));
  }
}

function optionsOf(handler: object): CachedReadOptions<never> | null {
  return Reflect.getMetadata(CACHED_READ, handler) as CachedReadOptions<never> | null;
}

/** Sets headers and status; gives the body that is left to send. */
function send({ body, etag }: StoredAnswer, ifNoneMatch: string | undefined, reply: FastifyReply): string | undefined {
  reply.header('etag', etag).header('cache-control', 'private, no-cache');
  if (isUnchanged(ifNoneMatch, etag)) {
    reply.code(304);
    return undefined;
  }
  reply.header('content-type', JSON_TYPE);
  return body;
}
