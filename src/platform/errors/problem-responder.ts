import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Clock } from '../time/clock.js';
import { RouteTable } from '../server/route-table.js';
import { Failure } from './failure.js';
import { isProblemCode, type ProblemCode } from './problem-catalogue.js';
import { pathOf, PROBLEM_MEDIA_TYPE, problemOf } from './problem.js';
import { toFailure } from './to-failure.js';

/** Seconds that a caller should wait when we do not know better. */
const DEFAULT_RETRY_SECONDS = 2;
const RETRY_WITHOUT_TIME: readonly ProblemCode[] = ['service.unavailable'];

/** Writes problem documents, for the filter and for errors that Fastify meets before any route. */
@Injectable()
export class ProblemResponder {
  private readonly logger = new Logger('Problem');

  constructor(
    private readonly clock: Clock,
    private readonly routes: RouteTable,
  ) {}

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const failure = this.refined(toFailure(error), request, reply);
    const code = isProblemCode(failure.code) ? failure.code : 'internal';
    const details = code === failure.code && code !== 'internal' ? failure.details : {};
    const problem = problemOf(code, details, { url: request.url, requestId: request.id });
    this.log(code, problem.status, failure);
    if (reply.sent) return;
    const retryAfter = this.retryAfter(code, details.retryAt);
    if (retryAfter !== null) reply.header('retry-after', retryAfter);
    if (code === 'access.unauthenticated') reply.header('www-authenticate', 'Bearer realm="mooring"');
    reply.header('x-request-id', request.id);
    reply.code(problem.status).header('content-type', PROBLEM_MEDIA_TYPE).header('cache-control', 'no-store');
    reply.send(JSON.stringify(problem));
  }

  /** The router says "not found" for an unknown address and for an unknown method alike. */
  private refined(failure: Failure, request: FastifyRequest, reply: FastifyReply): Failure {
    if (failure.code !== 'request.not_found' || !request.is404) return failure;
    const methods = this.routes.methodsOf(pathOf(request.url));
    if (methods.length === 0) return failure;
    if (!reply.sent) reply.header('allow', methods.join(', '));
    return new Failure('request.method_not_allowed');
  }

  /** Expected failures are seen in the request's own log line; only what someone must look at is logged here. */
  private log(code: ProblemCode, status: number, failure: Failure): void {
    if (code === 'internal') {
      const error = failure.details.cause ?? failure;
      this.logger.error({ msg: 'unexpected error', err: error, failureCode: failure.code });
    } else if (status >= 500) {
      this.logger.warn({ msg: 'request failed', failureCode: code, err: failure.details.cause });
    }
  }

  private retryAfter(code: ProblemCode, retryAt: Date | undefined): number | null {
    if (!retryAt) return RETRY_WITHOUT_TIME.includes(code) ? DEFAULT_RETRY_SECONDS : null;
    return Math.max(1, Math.ceil((retryAt.getTime() - this.clock.now().getTime()) / 1000));
  }
}
