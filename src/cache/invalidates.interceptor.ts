import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';

import { INVALIDATES, type InvalidatedTags } from './invalidates.options.js';
import { TaggedCache } from './tagged-cache.js';

@Injectable()
export class InvalidatesInterceptor implements NestInterceptor {
  constructor(private readonly cache: TaggedCache) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { params: never }>();
    const tags = (Reflect.getMetadata(INVALIDATES, context.getHandler()) ??
      Reflect.getMetadata(INVALIDATES, context.getClass())) as InvalidatedTags<never>;
    return next.handle().pipe(
      mergeMap(async (body: unknown) => {
        await this.cache.invalidate(tags(request, body));
        return body;
      }),
    );
  }
}
