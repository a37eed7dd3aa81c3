import { MovableClock } from '../../../platform/time/clock.js';
import { parseObject, part, text, type Json } from '../../simulator/testing/json-answer.js';
import { createFlinksSimulator } from '../flinks-simulator.js';
import type { FlinksSimulator, FlinksSimulatorOptions } from '../flinks-simulator.types.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed object; empty when the body is none. */
  readonly body: Json;
  readonly text: string;
}

export interface CallOptions {
  readonly json?: unknown;
  readonly form?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

export const STEP_MS = 1000;
export const MINUTE = 60_000;
export const DAY = 86_400_000;
export const CUSTOMER = 'c0ffee00-0000-4000-8000-000000000001';
export const LIVE = { Institution: 'FlinksCapital', Password: 'Everyday', MostRecentCached: false, Save: true };

/** A stranger's client for the specs: plain fetch and nothing of ours. */
export class FlinksDriver {
  private static readonly running = new Set<FlinksSimulator>();

  private constructor(
    readonly sim: FlinksSimulator,
    readonly clock: MovableClock,
  ) {}

  static async start(options: Partial<FlinksSimulatorOptions> = {}): Promise<FlinksDriver> {
    const clock = options.clock ?? MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
    const sim = await createFlinksSimulator({ clock, customerId: CUSTOMER, stepMs: STEP_MS, ...options });
    FlinksDriver.running.add(sim);
    return new FlinksDriver(sim, clock);
  }

  /** Also what a failed spec left behind. */
  static async stopAll(): Promise<void> {
    for (const sim of FlinksDriver.running) await sim.close();
    FlinksDriver.running.clear();
  }

  async stop(): Promise<void> {
    FlinksDriver.running.delete(this.sim);
    await this.sim.close();
  }

  async call(method: string, path: string, { json, form, headers = {} }: CallOptions = {}): Promise<Answer> {
    const response = await fetch(this.sim.apiUrl + path, {
      method,
      body: form ? new URLSearchParams(form) : json === undefined ? null : JSON.stringify(json),
      redirect: 'manual',
      headers: { ...(json !== undefined && { 'content-type': 'application/json' }), ...headers },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parseObject(text), text };
  }

  /** @param endpoint e.g. `GetAccountsDetailAsync/<id>` */
  bank(method: string, endpoint: string, options: CallOptions = {}): Promise<Answer> {
    return this.call(method, `/v3/${CUSTOMER}/BankingServices/${endpoint}`, options);
  }

  authorize(json: Json, headers: Record<string, string> = {}): Promise<Answer> {
    return this.bank('POST', 'Authorize', { json, headers });
  }

  async token(secret = 'any'): Promise<string> {
    const { body } = await this.bank('POST', 'GenerateAuthorizeToken', { headers: { 'flinks-auth-key': secret } });
    return text(body, 'Token');
  }

  signIn(Username: string, extra: Json = {}): Promise<Answer> {
    return this.authorize({ ...LIVE, Username, ...extra });
  }

  refresh(LoginId: string, extra: Json = {}): Promise<Answer> {
    return this.authorize({ LoginId, MostRecentCached: false, Save: true, ...extra });
  }

  cached(LoginId: string): Promise<Answer> {
    return this.authorize({ LoginId, MostRecentCached: true });
  }

  answer(RequestId: string, SecurityResponses: Json): Promise<Answer> {
    return this.authorize({ RequestId, SecurityResponses });
  }

  /** Answers rightly until nothing is asked. */
  async answerAll(first: Answer): Promise<Answer> {
    let answer = first;
    while (answer.status === 203) {
      const requestId = text(answer.body, 'RequestId');
      answer = await this.answer(requestId, this.sim.control.session(requestId).expectedAnswers ?? {});
    }
    return answer;
  }

  /** @returns the LoginId of a card whose data is there. */
  async connected(username = 'greatday_nomfa', extra: Json = {}): Promise<string> {
    const { body } = await this.answerAll(await this.signIn(username, extra));
    this.steps(3);
    return text(part(body, 'Login'), 'Id');
  }

  data(endpoint: string, RequestId: string, extra: Json = {}): Promise<Answer> {
    return this.bank('POST', `Get${endpoint}`, { json: { RequestId, ...extra } });
  }

  steps(count: number): void {
    this.clock.advance(count * STEP_MS);
  }
}
