import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { actorOf, type Caller } from '../access/caller.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { IDEMPOTENCY_HEADER, idempotencyKeyOf, isNeverKept, REPLAYED_HEADER } from './idempotency-key.js';
import type { Claim, KeptAnswer } from './kept-answer.js';
import { KeptAnswers } from './kept-answers.js';

const MUTATING: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Most requests are over by then. */
const ASK_AGAIN_MS = 2_000;

/**
 * Lets a mutating request with a key through once. It is a guard, the one after `AccessGuard`, and no interceptor: an
 * interceptor for all routes costs a cached read a fifth of its time. `AnswerRecorder` sees the answer.
 */
@Injectable()
export class IdempotencyGuard implements CanActivate {
  constructor(
    private readonly answers: KeptAnswers,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `request.invalid`, `idempotency.in_progress`, `idempotency.key_reused` */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    // `switchToHttp` makes four functions each time, and every read comes through here.
    const request = context.getArgs<[FastifyRequest, FastifyReply]>()[0];
    const header = request.headers[IDEMPOTENCY_HEADER];
    // Without a caller the route is public: what comes in there has its own ways to be told apart.
    if (header === undefined || !request.caller || !MUTATING.has(request.method)) return true;
    if (isNeverKept(request.routeOptions.url ?? '')) return true;
    const reply = context.getArgs<[FastifyRequest, FastifyReply]>()[1];
    return this.enter(idempotencyKeyOf(header), request.caller, request, reply);
  }

  private async enter(key: string, caller: Caller, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const { method, url: path, body } = request;
    const result = await this.answers.claim({ caller: scopeOf(caller), key, method, path, body });
    switch (result.kind) {
      case 'claimed':
        request.idempotencyClaim = result.claim;
        return true;
      case 'done':
        await replay(result.answer, reply);
        // The answer is out. What Nest does about a refusal finds it sent and leaves it.
        return false;
      case 'running':
        throw new Failure('idempotency.in_progress', { retryAt: new Date(this.clock.now().getTime() + ASK_AGAIN_MS) });
      case 'other_request':
        throw new Failure('idempotency.key_reused', {
          detail: 'This Idempotency-Key came with another request before. Use a new one.',
        });
    }
  }
}

/** Two issuers' tokens for one user are two callers. */
function scopeOf(caller: Caller): string {
  return caller.kind === 'user' ? `${caller.issuedBy} ${actorOf(caller)}` : actorOf(caller);
}

/** Resolves when the answer is out. */
async function replay({ status, headers, body }: KeptAnswer, reply: FastifyReply): Promise<void> {
  reply.code(status).headers(headers).header(REPLAYED_HEADER, 'true');
  await reply.send(body?.reveal('to answer the same again'));
}

declare module 'fastify' {
  interface FastifyRequest {
    idempotencyClaim?: Claim | undefined;
  }
}
