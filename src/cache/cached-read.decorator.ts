import { Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import type { CachedReadOptions, RequestWith } from './cached-read.options.js';
import { ReadInterceptor, type Bound } from './read.interceptor.js';

const INTERCEPTOR = Symbol('mooring.read-interceptor');

interface Host {
  readonly [INTERCEPTOR]: ReadInterceptor;
}
type Handler = (this: Host, ...args: unknown[]) => unknown;

/**
 * Answers a GET from the cache, with `ETag` and 304. The handler runs only on a miss, once for all who wait, so it
 * must do nothing but read, must not touch the reply, and returns what becomes the JSON body. Guards and pipes run
 * before, on a hit too.
 */
export function CachedRead<Params = { readonly id: string }, Body = unknown>(
  options: CachedReadOptions<Params, Body>,
): MethodDecorator {
  return around((interceptor, request, reply, load) =>
    interceptor.cached(
      {
        key: options.key(request as RequestWith<Params>),
        tags: options.tags(request as RequestWith<Params>),
        cacheable: options.cacheable as Bound['cacheable'],
      },
      request,
      reply,
      load,
    ),
  );
}

/** Gives the JSON answer of a GET an `ETag` and honours `If-None-Match`; keeps nothing. */
export function Etagged(): MethodDecorator {
  return around((interceptor, request, reply, load) => interceptor.etagged(request, reply, load));
}

type Advice = (
  interceptor: ReadInterceptor,
  request: RequestWith<unknown>,
  reply: FastifyReply,
  load: () => unknown,
) => unknown;

/**
 * Puts the advice around the handler itself. As a `NestInterceptor` the same would go through rxjs, which costs a hit
 * a fifth of its time. The handler gets two arguments more, request and reply, and its controller one property.
 */
function around(advice: Advice): MethodDecorator {
  return (target, name, descriptor: PropertyDescriptor) => {
    const original = descriptor.value as Handler;
    const declared: unknown = Reflect.getMetadata('design:paramtypes', target, name);
    const count = Array.isArray(declared) ? declared.length : original.length;
    Req()(target, name, count);
    Res({ passthrough: true })(target, name, count + 1);
    Inject(ReadInterceptor)(target, INTERCEPTOR);
    const wrapped: Handler = function (...args) {
      const request = args[count] as RequestWith<unknown>;
      const reply = args[count + 1] as FastifyReply;
      return advice(this[INTERCEPTOR], request, reply, () => original.apply(this, args));
    };
    Object.defineProperty(wrapped, 'name', { value: original.name });
    for (const key of Reflect.getMetadataKeys(original) as unknown[]) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, original), wrapped);
    }
    descriptor.value = wrapped;
  };
}
