import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { HttpService } from '@nestjs/axios';
import axios from 'axios';

import { RequestContext } from '../logging/request-context.js';
import { MovableClock } from '../time/clock.js';
import { SilentObserver } from './outgoing-call-observer.js';
import { OutgoingHttp } from './outgoing-http.js';
import { OutgoingHttpOptions } from './outgoing-http.options.js';
import { OutgoingPace, type PaceAnswer, type PaceRequest } from './outgoing-pace.js';

class Pace extends OutgoingPace {
  answers: PaceAnswer['kind'][] = [];
  readonly asked: PaceRequest[] = [];
  readonly released: boolean[] = [];
  readonly quiet: unknown[] = [];
  until = new Date('2026-11-20T10:01:00Z');

  override enter(request: PaceRequest): Promise<PaceAnswer> {
    this.asked.push(request);
    const kind = this.answers.shift() ?? 'go';
    if (kind === 'go') return Promise.resolve({ kind, permit: { release: (used) => void this.released.push(used) } });
    return Promise.resolve(kind === 'paused' ? { kind, until: this.until } : { kind });
  }

  override askedForQuiet(provider: string, until: Date, status: number): void {
    this.quiet.push([provider, until.toISOString(), status]);
  }
}

describe('a channel and its pace', () => {
  let server: Server;
  let url = '';
  let answers: { status: number; retryAfter?: string }[];
  let pace: Pace;
  let http: OutgoingHttp;

  beforeAll(async () => {
    server = createServer((_request, response) => {
      const { status, retryAfter } = answers.shift() ?? { status: 200 };
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  beforeEach(() => {
    answers = [];
    pace = new Pace();
    const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00Z'));
    const retry = { extraAttempts: 2, initialDelayMs: 0, maxDelayMs: 0, random: () => 0 };
    const circuit = { windowCalls: 4, minimumCalls: 2, failureShare: 0.5, initialBreakMs: 60_000, maxBreakMs: 60_000 };
    const options = new OutgoingHttpOptions({ retry, circuit });
    http = new OutgoingHttp(new HttpService(axios.create()), options, new SilentObserver(), clock, pace);
  });

  afterEach(() => {
    http.onApplicationShutdown();
  });

  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  const call = async (retry: 'safe' | 'never' = 'never') =>
    http
      .channel('tink')
      .call({ operation: '/', method: 'GET', url, retry, signal: new AbortController().signal, deadlineMs: 5_000 });

  it('asks before every attempt, and gives every permit back', async () => {
    answers = [{ status: 500 }, { status: 200 }];
    expect(await call('safe')).toMatchObject({ kind: 'answer', status: 200 });
    expect(pace.released).toEqual([true, true]);
    expect(pace.asked.every(({ provider, timeLeftMs }) => provider === 'tink' && timeLeftMs <= 5_000)).toBe(true);
  });

  it('tells of a call inside a request that somebody waits for it', async () => {
    await call();
    await RequestContext.run({ requestId: 'r' }, async () => call());
    expect(pace.asked.map(({ attended }) => attended)).toEqual([false, true]);
  });

  it('sends nothing while the provider is paused or off', async () => {
    pace.answers = ['paused', 'off', 'stopped'];
    expect(await call()).toEqual({ kind: 'fault', fault: 'paused', mayHaveReached: false, retryAt: pace.until });
    expect(await call()).toEqual({ kind: 'fault', fault: 'switched_off', mayHaveReached: false });
    expect(await call()).toMatchObject({ kind: 'fault', fault: 'aborted' });
    expect(pace.released).toEqual([]);
  });

  it('keeps the answer of the attempt before when there is no second', async () => {
    answers = [{ status: 500 }];
    pace.answers = ['go', 'paused', 'paused'];
    expect(await call('safe')).toMatchObject({ kind: 'answer', status: 500 });
  });

  it.each([
    [429, '30', [['tink', '2026-11-20T10:00:30.000Z', 429]]],
    [503, '30', [['tink', '2026-11-20T10:00:30.000Z', 503]]],
    [429, undefined, []],
    [500, '30', []],
    [200, '30', []],
  ])('tells of %i with Retry-After %s', async (status, retryAfter, told) => {
    answers = [{ status, ...(retryAfter === undefined ? {} : { retryAfter }) }];
    await call();
    expect(pace.quiet).toEqual(told);
  });

  it('uses no permit for a call that the circuit holds back', async () => {
    answers = Array.from({ length: 4 }, () => ({ status: 500 }));
    for (let count = 0; count < 4; count++) await call();
    pace.released.length = 0;
    expect(await call()).toMatchObject({ kind: 'fault', fault: 'circuit_open' });
    expect(pace.released).toEqual([false]);
  });

  it('does not read our own pauses as trouble of the provider', async () => {
    pace.answers = Array.from({ length: 20 }, () => 'paused');
    for (let count = 0; count < 20; count++) await call();
    expect(http.circuits()).toEqual([{ provider: 'tink', state: 'closed' }]);
  });
});
