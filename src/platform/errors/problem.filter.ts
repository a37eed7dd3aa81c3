import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ProblemResponder } from './problem-responder.js';

/** Answers every error of a request with a problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly responder: ProblemResponder) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.responder.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
