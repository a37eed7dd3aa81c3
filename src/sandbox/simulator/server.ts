import { Readable } from 'node:stream';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { CallLog } from './call-log.js';
import type { FaultAction, FaultBoard } from './faults.js';

export interface SimulatorServerOptions {
  readonly faults: FaultBoard;
  readonly calls: CallLog;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Called after the work of a call that may have changed something, before its answer. */
  readonly save: () => Promise<void>;
  /** Query keys whose values the log leaves out, because they let their holder act for a user. Default: `state`. */
  readonly isSecretQuery?: (key: string) => boolean;
}

const BODY_LIMIT = 256 * 1024;
const READS = ['GET', 'HEAD', 'OPTIONS'];

/** Calls under this prefix steer the simulator: no faults, no log. */
export const CONTROL_PREFIX = '/__sim';

interface Passing {
  readonly fault: FaultAction | null;
  readonly done: (status: number) => void;
}

/** A server that takes JSON and form bodies, logs calls and suffers faults on request. */
export function createSimulatorServer(options: SimulatorServerOptions): FastifyInstance {
  const app = fastify({ logger: false, bodyLimit: BODY_LIMIT, forceCloseConnections: true });
  const passing = new WeakMap<FastifyRequest, Passing>();
  takeBodies(app);
  app.addHook('onRequest', async (request, reply) => {
    const entry = admit(request, options);
    if (!entry) return undefined;
    passing.set(request, entry);
    return entry.fault ? before(entry.fault, request, reply) : undefined;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (!READS.includes(request.method)) await options.save();
    const fault = passing.get(request)?.fault;
    return fault ? after(fault, request, reply, payload) : payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    const entry = passing.get(request);
    if (entry?.fault?.kind !== 'accept-then-reset') entry?.done(reply.statusCode);
  });
  return app;
}

function admit(request: FastifyRequest, { calls, faults, now, isSecretQuery }: SimulatorServerOptions): Passing | null {
  const [path = '', query = ''] = request.url.split('?', 2);
  if (path.startsWith(CONTROL_PREFIX)) return null;
  const fault = faults.take(request.method, path);
  const call = calls.begin({ at: now(), method: request.method, path, query: withoutValues(query, isSecretQuery) });
  call.fault = fault?.kind ?? null;
  return {
    fault,
    done: (status) => {
      call.status = status;
    },
  };
}

function withoutValues(query: string, isSecret = (key: string): boolean => key === 'state'): string {
  return query
    .split('&')
    .map((pair) => {
      const [key = ''] = pair.split('=', 1);
      return isSecret(key) ? `${key}=` : pair;
    })
    .join('&');
}

async function before(
  fault: FaultAction,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  switch (fault.kind) {
    case 'respond': {
      const text = typeof fault.body === 'string' || fault.body === undefined;
      reply.code(fault.status).headers(fault.headers ?? {});
      reply.type(fault.contentType ?? (text ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'));
      return reply.send(text ? (fault.body ?? '') : JSON.stringify(fault.body));
    }
    case 'delay':
      await setTimeout(fault.ms);
      return undefined;
    case 'hang':
      return reply.hijack();
    case 'reset':
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return reply;
    case 'accept-then-reset':
    case 'malformed':
    case 'truncate':
      return undefined;
  }
}

function after(fault: FaultAction, request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (fault.kind === 'accept-then-reset') request.raw.socket.resetAndDestroy();
  if (fault.kind === 'malformed') {
    reply.code(200).type('application/json; charset=utf-8').removeHeader('content-length');
    return '{"broken": ';
  }
  if (fault.kind === 'truncate' && (typeof payload === 'string' || Buffer.isBuffer(payload))) {
    const whole = Buffer.from(payload);
    reply.header('content-length', whole.length);
    return Readable.from(half(whole, request));
  }
  return payload;
}

async function* half(whole: Buffer, request: FastifyRequest): AsyncGenerator<Buffer> {
  yield whole.subarray(0, Math.floor(whole.length / 2));
  // The half must reach the wire before the connection ends.
  await setImmediate();
  await setImmediate();
  request.raw.socket.destroy();
}

/** An empty body is no body, whatever its declared type. */
function takeBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: FastifyRequest, body: string) =>
    body === '' ? null : parseJson(body),
  );
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => Object.fromEntries(new URLSearchParams(body)),
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw Object.assign(new Error('The body is not JSON.'), { statusCode: 400 });
  }
}
