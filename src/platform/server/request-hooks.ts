import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

import { RequestContext } from '../logging/request-context.js';
import type { HttpMetrics } from '../metrics/http-metrics.js';

/** What a request is called in logs and metrics: the template, never the address, which may hold secrets. */
const UNMATCHED = 'unmatched';

/** Request id, context, log line and duration of every request. */
export function installRequestHooks(server: FastifyInstance, logger: Logger, metrics: HttpMetrics): void {
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    RequestContext.run({ requestId: request.id }, done);
  });
  // A body arrives on the socket's own events, outside the context of the hook above.
  server.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined || RequestContext.requestId === request.id) done();
    else RequestContext.run({ requestId: request.id }, done);
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED);
    metrics.observe(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    logRequest(logger, request, reply, route);
    done();
  });
}

function logRequest(logger: Logger, request: FastifyRequest, reply: FastifyReply, route: string): void {
  const level = levelOf(request.method, reply.statusCode);
  if (!logger.isLevelEnabled(level)) return;
  logger[level](
    {
      requestId: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
    },
    'request',
  );
}

/** Reads that went well are the bulk of all requests and say nothing. */
function levelOf(method: string, status: number): 'debug' | 'info' | 'warn' {
  if (status >= 500) return 'warn';
  return status < 400 && (method === 'GET' || method === 'HEAD') ? 'debug' : 'info';
}
