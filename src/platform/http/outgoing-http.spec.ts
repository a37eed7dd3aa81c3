import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { HttpService } from '@nestjs/axios';
import axios from 'axios';

import { RequestContext } from '../logging/request-context.js';
import { MovableClock } from '../time/clock.js';
import { OutgoingCallObserver, type FinishedCall, type UnknownWord } from './outgoing-call-observer.js';
import { OutgoingHttp } from './outgoing-http.js';
import { OutgoingHttpOptions } from './outgoing-http.options.js';
import { bodyJson, bodyText, type OutgoingOutcome } from './outgoing-outcome.js';
import { pathSegment, type OutgoingRequest } from './outgoing-request.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

class Listener extends OutgoingCallObserver {
  readonly calls: FinishedCall[] = [];
  readonly words: UnknownWord[] = [];
  override finished(call: FinishedCall): void {
    this.calls.push(call);
  }
  override unknownWord(word: UnknownWord): void {
    this.words.push(word);
  }
}

const retry = { extraAttempts: 2, initialDelayMs: 0, maxDelayMs: 0, random: () => 0 };

describe('OutgoingHttp', () => {
  let server: Server;
  let base: string;
  let handler: Handler;
  let seen: { method: string; url: string; body: string; headers: IncomingMessage['headers'] }[];
  let listener: Listener;
  let opened: OutgoingHttp[];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        seen.push({ method: request.method ?? '', url: request.url ?? '', body, headers: request.headers });
        handler(request, response, body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    seen = [];
    opened = [];
    listener = new Listener();
    handler = (_request, response) => response.end('{}');
  });

  afterEach(() => {
    for (const http of opened) http.onApplicationShutdown();
    server.closeAllConnections();
  });

  afterAll(() => {
    server.close();
  });

  const open = (options: Partial<OutgoingHttpOptions> = {}) => {
    const http = new OutgoingHttp(
      new HttpService(axios.create()),
      new OutgoingHttpOptions({ retry, ...options }),
      listener,
      MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z')),
    );
    opened.push(http);
    return http;
  };
  const request = (more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
    operation: '/things/{id}',
    method: 'GET',
    url: `${base}/things/7`,
    retry: 'never',
    signal: new AbortController().signal,
    ...more,
  });
  const answering = (...statuses: readonly number[]): Handler => {
    let next = 0;
    return (_request, response) => {
      response.writeHead(statuses[Math.min(next, statuses.length - 1)] ?? 200).end();
      next += 1;
    };
  };
  const statusOf = (outcome: OutgoingOutcome) => (outcome.kind === 'answer' ? outcome.status : outcome.fault);

  it('returns every status as data and never follows a redirect', async () => {
    const channel = open().channel('bank');
    for (const status of [200, 204, 302, 404, 429, 500]) {
      handler = (_request, response) =>
        response.writeHead(status, { location: '/elsewhere', 'x-request-id': 'r1' }).end();
      const outcome = await channel.call(request());
      expect(statusOf(outcome)).toBe(status);
      expect(outcome.kind === 'answer' && outcome.headers.get('x-request-id')).toBe('r1');
    }
    expect(seen).toHaveLength(6);
  });

  it('sends repeated query keys, forms, JSON and a body on DELETE', async () => {
    const channel = open().channel('bank');
    await channel.call(
      request({
        query: [
          ['items', 'A B'],
          ['items', 'C'],
        ],
      }),
    );
    await channel.call(
      request({
        method: 'POST',
        body: {
          form: [
            ['scope', 'a:b,c'],
            ['x', '&='],
          ],
        },
      }),
    );
    await channel.call(
      request({ method: 'DELETE', body: { json: { name: 'ö' } }, headers: { Authorization: 'Bearer t' } }),
    );
    expect(seen.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', '/things/7?items=A+B&items=C', ''],
      ['POST', '/things/7', 'scope=a%3Ab%2Cc&x=%26%3D'],
      ['DELETE', '/things/7', '{"name":"ö"}'],
    ]);
    expect(seen[1]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(seen[2]?.headers['content-type']).toBe('application/json');
    expect(seen[2]?.headers.authorization).toBe('Bearer t');
  });

  it('does not take a proxy from the environment', async () => {
    process.env['http_proxy'] = 'http://127.0.0.1:1';
    try {
      expect(statusOf(await open().channel('bank').call(request()))).toBe(200);
    } finally {
      delete process.env['http_proxy'];
    }
  });

  it('gives up at the deadline and says that the request may have arrived', async () => {
    handler = () => undefined;
    const outcome = await open()
      .channel('bank')
      .call(request({ deadlineMs: 40, retry: 'safe' }));
    expect(outcome).toEqual({ kind: 'fault', fault: 'timeout', mayHaveReached: true });
    expect(listener.calls).toMatchObject([{ outcome: 'timeout', attempts: 1 }]);
  });

  it('ends with the caller', async () => {
    const caller = new AbortController();
    handler = () => {
      caller.abort();
    };
    const outcome = await open()
      .channel('bank')
      .call(request({ signal: caller.signal, retry: 'safe' }));
    expect(outcome).toEqual({ kind: 'fault', fault: 'aborted', mayHaveReached: true });
    const late = await open()
      .channel('bank')
      .call(request({ signal: caller.signal }));
    expect(late).toEqual({ kind: 'fault', fault: 'aborted', mayHaveReached: false });
    expect(seen).toHaveLength(1);
  });

  it('knows a refused connection from a lost one', async () => {
    const idle = createServer();
    idle.listen(0, '127.0.0.1');
    await once(idle, 'listening');
    const { port } = idle.address() as AddressInfo;
    idle.close();
    await once(idle, 'close');
    const channel = open().channel('bank');
    expect(await channel.call(request({ url: `http://127.0.0.1:${port}/` }))).toEqual({
      kind: 'fault',
      fault: 'unreachable',
      mayHaveReached: false,
    });
    handler = (incoming) => incoming.socket.destroy();
    expect(await channel.call(request())).toEqual({ kind: 'fault', fault: 'connection_lost', mayHaveReached: true });
    handler = (incoming, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"half":', () => incoming.socket.destroy());
    };
    expect(await channel.call(request())).toEqual({ kind: 'fault', fault: 'connection_lost', mayHaveReached: true });
  });

  it('stops reading at the limit, also when the body was compressed', async () => {
    const channel = open({ maxResponseBytes: 1000 }).channel('bank');
    handler = (_request, response) => response.end('x'.repeat(1001));
    expect(statusOf(await channel.call(request()))).toBe('too_large');
    handler = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(100_000)));
    expect(statusOf(await channel.call(request()))).toBe('too_large');
    handler = (_request, response) => response.end('x'.repeat(1000));
    expect(statusOf(await channel.call(request()))).toBe(200);
  });

  it('repeats a safe call after 5xx, and no other', async () => {
    const channel = open().channel('bank');
    handler = answering(503, 502, 200);
    expect(statusOf(await channel.call(request({ retry: 'safe' })))).toBe(200);
    expect(seen).toHaveLength(3);
    for (const [retrySafe, status, attempts] of [
      ['never', 503, 1],
      ['safe', 429, 1],
      ['safe', 404, 1],
      ['safe', 500, 3],
    ] as const) {
      seen = [];
      handler = answering(status);
      expect(statusOf(await channel.call(request({ retry: retrySafe })))).toBe(status);
      expect(seen).toHaveLength(attempts);
    }
  });

  it('repeats a safe call after a lost connection and does not hide that it may have arrived', async () => {
    handler = (incoming) => {
      incoming.socket.destroy();
    };
    const outcome = await open()
      .channel('bank')
      .call(request({ retry: 'safe' }));
    expect(outcome).toEqual({ kind: 'fault', fault: 'connection_lost', mayHaveReached: true });
    expect(seen).toHaveLength(3);
  });

  it('remembers that an earlier attempt may have arrived when the last one certainly did not', async () => {
    const dying = createServer((incoming) => {
      dying.close();
      incoming.socket.destroy();
    });
    dying.listen(0, '127.0.0.1');
    await once(dying, 'listening');
    const url = `http://127.0.0.1:${(dying.address() as AddressInfo).port}/`;
    const outcome = await open()
      .channel('bank')
      .call(request({ url, retry: 'safe' }));
    expect(outcome).toEqual({ kind: 'fault', fault: 'unreachable', mayHaveReached: true });
  });

  it('does not wait for a Retry-After that lies beyond the deadline', async () => {
    handler = (_request, response) => response.writeHead(503, { 'retry-after': '60' }).end();
    const outcome = await open()
      .channel('bank')
      .call(request({ retry: 'safe', deadlineMs: 5_000 }));
    expect(statusOf(outcome)).toBe(503);
    expect(seen).toHaveLength(1);
  });

  it('ends a wait between attempts at the deadline with what it has', async () => {
    handler = answering(503);
    const slow = { extraAttempts: 2, initialDelayMs: 600, maxDelayMs: 600, random: () => 0.99 };
    const outcome = await open({ retry: slow })
      .channel('bank')
      .call(request({ retry: 'safe', deadlineMs: 100 }));
    expect(statusOf(outcome)).toBe(503);
    expect(seen).toHaveLength(1);
  });

  describe('circuit', () => {
    const circuit = { windowCalls: 4, minimumCalls: 4, failureShare: 0.5, initialBreakMs: 60_000, maxBreakMs: 60_000 };

    it('opens on an outage of one provider and leaves the others alone', async () => {
      const http = open({ circuit });
      handler = answering(503);
      for (let call = 0; call < 4; call += 1) await http.channel('bank').call(request());
      expect(http.circuits()).toEqual([{ provider: 'bank', state: 'open' }]);
      seen = [];
      expect(await http.channel('bank').call(request({ retry: 'safe' }))).toEqual({
        kind: 'fault',
        fault: 'circuit_open',
        mayHaveReached: false,
      });
      expect(seen).toHaveLength(0);
      expect(listener.calls.at(-1)).toMatchObject({ outcome: 'circuit_open', attempts: 0 });
      expect(statusOf(await http.channel('other').call(request()))).toBe(503);
    });

    it('stays closed for 4xx and for calls that their caller gave up', async () => {
      const http = open({ circuit });
      handler = answering(401, 403, 404, 429);
      for (let call = 0; call < 8; call += 1) await http.channel('bank').call(request());
      for (let call = 0; call < 8; call += 1) {
        const caller = new AbortController();
        handler = () => {
          caller.abort();
        };
        await http.channel('bank').call(request({ signal: caller.signal }));
      }
      expect(http.circuits()).toEqual([{ provider: 'bank', state: 'closed' }]);
    });

    it('closes again after a trial that succeeds, not after one that its caller gave up', async () => {
      const http = open({ circuit: { ...circuit, initialBreakMs: 0, maxBreakMs: 0 } });
      const channel = http.channel('bank');
      handler = answering(500);
      for (let call = 0; call < 4; call += 1) await channel.call(request());
      expect(channel.circuitState).toBe('open');
      const caller = new AbortController();
      handler = () => {
        caller.abort();
      };
      await channel.call(request({ signal: caller.signal }));
      expect(channel.circuitState).toBe('open');
      handler = answering(200);
      expect(statusOf(await channel.call(request()))).toBe(200);
      expect(channel.circuitState).toBe('closed');
    });
  });

  it('refuses calls beyond the places and the queue', async () => {
    const waiting: ServerResponse[] = [];
    const arrived = new Promise<void>((resolve) => {
      handler = (_request, response) => {
        waiting.push(response);
        resolve();
      };
    });
    const channel = open({ concurrency: { calls: 1, waiting: 1 } }).channel('bank');
    const first = channel.call(request());
    await arrived;
    const second = channel.call(request({ deadlineMs: 30 }));
    expect(await channel.call(request())).toEqual({ kind: 'fault', fault: 'saturated', mayHaveReached: false });
    expect(await second).toEqual({ kind: 'fault', fault: 'timeout', mayHaveReached: false });
    waiting[0]?.end('{}');
    expect(statusOf(await first)).toBe(200);
  });

  describe('a call that somebody waits for', () => {
    /** Resolves when so many calls have arrived, which then hang. */
    const hanging = async (count: number): Promise<ServerResponse[]> => {
      const held: ServerResponse[] = [];
      return new Promise((resolve) => {
        handler = (_request, response) => {
          held.push(response);
          if (held.length === count) resolve(held);
        };
      });
    };
    const attended = async <T>(work: () => Promise<T>): Promise<T> => RequestContext.run({ requestId: 'r' }, work);

    it('does not wait behind those that nobody waits for, nor is it refused because of them', async () => {
      const channel = open({ concurrency: { calls: 1, waiting: 1 } }).channel('bank');
      const arrived = hanging(1);
      const unattended = [channel.call(request()), channel.call(request())];
      const [first] = await arrived;
      handler = (_request, response) => response.end('{}');
      expect(statusOf(await attended(async () => channel.call(request({ deadlineMs: 1_000 }))))).toBe(200);
      first?.end('{}');
      expect((await Promise.all(unattended)).map(statusOf)).toEqual([200, 200]);
    });

    it('finds a socket while all places of the others are on the wire', async () => {
      const channel = open().channel('bank');
      const { calls } = new OutgoingHttpOptions().concurrency;
      const arrived = hanging(calls);
      const unattended = Array.from({ length: calls }, async () => channel.call(request()));
      const held = await arrived;
      handler = (_request, response) => response.end('{}');
      expect(statusOf(await attended(async () => channel.call(request({ deadlineMs: 1_000 }))))).toBe(200);
      for (const response of held) response.end('{}');
      await Promise.all(unattended);
    });

    it('is refused beyond its own places and queue', async () => {
      const channel = open({ concurrency: { calls: 1, waiting: 0 } }).channel('bank');
      const arrived = hanging(1);
      const first = attended(async () => channel.call(request()));
      const [response] = await arrived;
      expect(statusOf(await attended(async () => channel.call(request())))).toBe('saturated');
      response?.end('{}');
      expect(statusOf(await first)).toBe(200);
    });
  });

  it('tells the observer the template and the class, never the address', async () => {
    handler = answering(404);
    await open()
      .channel('bank')
      .call(request({ query: [['token', 'geheim']], headers: { Authorization: 'geheim' } }));
    expect(listener.calls).toMatchObject([
      { provider: 'bank', operation: 'GET /things/{id}', outcome: '4xx', attempts: 1 },
    ]);
    expect(listener.calls[0]?.durationMs).toBeGreaterThan(0);
    expect(JSON.stringify(listener.calls)).not.toContain('geheim');
  });

  it('cuts unknown words short', () => {
    open().channel('bank').reportUnknownWord('status', 'W'.repeat(100));
    expect(listener.words).toEqual([{ provider: 'bank', kind: 'status', word: 'W'.repeat(64) }]);
  });

  it('throws for an address that is none, since that is a fault of ours', async () => {
    await expect(
      open()
        .channel('bank')
        .call(request({ url: 'nowhere' })),
    ).rejects.toThrow('Invalid URL');
  });
});

describe('bodies and paths', () => {
  const answer = (text: string) =>
    ({ kind: 'answer', status: 200, headers: new Map(), body: new TextEncoder().encode(text) }) as const;

  it('reads JSON, and undefined where there is none', () => {
    expect(bodyJson(answer('{"a":1}'))).toEqual({ a: 1 });
    expect(bodyJson(answer('<html>'))).toBeUndefined();
    expect(bodyJson(answer(''))).toBeUndefined();
    expect(bodyText(answer('å'))).toBe('å');
  });

  it('encodes parts of a path and refuses those that would change it', () => {
    expect(pathSegment('a/b c?')).toBe('a%2Fb%20c%3F');
    for (const part of ['', '.', '..']) expect(() => pathSegment(part)).toThrow(RangeError);
  });
});
