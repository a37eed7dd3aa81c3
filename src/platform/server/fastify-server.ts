import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Failure } from '../errors/failure.js';
import { PROBLEM_CATALOGUE, type ProblemCode } from '../errors/problem-catalogue.js';
import { PROBLEM_MEDIA_TYPE } from '../errors/problem.js';
import type { Ids } from '../ids/ids.js';
import { RequestIds } from '../logging/request-id.js';
import { refusedAfterParsing, refusedBeforeParsing } from './json-body.js';
import { keepRawBodies } from './raw-body.js';

const BODY_LIMIT_BYTES = 64 * 1024;
/** Time for a client to send its whole request. */
const REQUEST_TIMEOUT_MS = 30_000;

const NUL_IN_URL = '%00';
const NO_NUL = 'An address must not contain the character U+0000.';

type FrameworkErrorHandler = (error: Error, request: FastifyRequest, reply: FastifyReply) => void;

/** @param onFrameworkError answers what Fastify refuses before any route or hook: malformed addresses. */
export function fastifyServer(ids: Ids, onFrameworkError: FrameworkErrorHandler): FastifyAdapter {
  const requestIds = new RequestIds(ids);
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    requestIdHeader: false,
    genReqId: (raw: IncomingMessage) => requestIds.from(raw.headers['x-request-id']),
    frameworkErrors: onFrameworkError,
    clientErrorHandler: (error: Error, socket: Socket) => {
      answerBrokenRequest(error, socket, requestIds.next());
    },
    logger: false,
    routerOptions: { ignoreTrailingSlash: false, ignoreDuplicateSlashes: false, caseSensitive: true },
  });
  acceptOnlyJson(adapter);
  keepRawBodies(adapter);
  adapter.getInstance().addHook('onRequest', (request, _reply, done) => {
    if (request.raw.url?.includes(NUL_IN_URL)) done(new Failure('request.malformed_url', { detail: NO_NUL }));
    else done();
  });
  return adapter;
}

/** Many clients send the content type without a body; that is no body rather than a broken one. */
function acceptOnlyJson(adapter: FastifyAdapter): void {
  const server = adapter.getInstance();
  const parse = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    const text = body.toString();
    const refused = refusedBeforeParsing(text);
    if (refused) done(refused);
    else {
      void parse(request, text, (error, parsed) => {
        done(error ?? refusedAfterParsing(text, parsed), parsed);
      });
    }
  });
}

/** What is not even HTTP never becomes a request, so the answer is written by hand. */
function answerBrokenRequest(error: Error, socket: Socket, requestId: string): void {
  if (!socket.writable || socket.destroyed) return;
  const code = brokenRequestCode(error);
  const { status, title } = PROBLEM_CATALOGUE[code];
  const body = JSON.stringify({ type: `urn:mooring:problem:${code}`, title, status, code, requestId });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function brokenRequestCode(error: Error): ProblemCode {
  const code: unknown = Reflect.get(error, 'code');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request.timeout';
  return code === 'HPE_HEADER_OVERFLOW' ? 'request.headers_too_large' : 'request.malformed_http';
}
