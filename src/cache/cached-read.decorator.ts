import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';

import { CachedReadInterceptor } from './cached-read.interceptor.js';
import { CACHED_READ, type CachedReadOptions } from './cached-read.options.js';

/**
 * Answers a GET from the cache, with `ETag` and 304. The handler runs only on a miss, once for all who wait, so it
 * must do nothing but read and must not touch the reply.
 */
export function CachedRead<Params = { readonly id: string }, Body = unknown>(
  options: CachedReadOptions<Params, Body>,
): MethodDecorator {
  return applyDecorators(SetMetadata(CACHED_READ, options), UseInterceptors(CachedReadInterceptor));
}

/** Gives the JSON answer of a GET an `ETag` and honours `If-None-Match`; keeps nothing. */
export function Etagged(): MethodDecorator {
  return applyDecorators(SetMetadata(CACHED_READ, null), UseInterceptors(CachedReadInterceptor));
}
