import type { IncomingMessage } from 'node:http';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';

const BODY_LIMIT_BYTES = 64 * 1024;
/** Time for a client to send its whole request. */
const REQUEST_TIMEOUT_MS = 30_000;

type FrameworkErrorHandler = (error: Error, request: FastifyRequest, reply: FastifyReply) => void;

/** @param onFrameworkError answers what Fastify refuses before any route or hook: malformed addresses. */
export function fastifyServer(
  requestIdOf: (header: unknown) => string,
  onFrameworkError: FrameworkErrorHandler,
): FastifyAdapter<RawServerDefault> {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    requestIdHeader: false,
    genReqId: (raw: IncomingMessage) => requestIdOf(raw.headers['x-request-id']),
    frameworkErrors: onFrameworkError,
    logger: false,
    routerOptions: { ignoreTrailingSlash: false, ignoreDuplicateSlashes: false, caseSensitive: true },
  });
}
