import { MovableClock } from '../../../platform/time/clock.js';
import { isObject } from '../../simulator/json.js';
import { objectsOf, parse, part, text, type Json } from '../../simulator/testing/json-answer.js';
import { createFlanksSimulator } from '../flanks-simulator.js';
import type { FlanksCredentialsState, FlanksSimulator, FlanksSimulatorOptions } from '../flanks-simulator.types.js';
import { type Walk, type WalkEnd, walkHostedPages } from '../hosted-visitor.js';

export interface Answer {
  readonly status: number;
  /** The parsed object; empty when the body is none. */
  readonly body: Json;
  /** The parsed list; empty when the body is none. */
  readonly list: readonly Json[];
  readonly text: string;
}

export const STEP_MS = 1000;
export const LOAD_MS = 12 * STEP_MS;
export const DAY_MS = 86_400_000;
export const RETURN = 'https://app.test/back';
const CLIENT = { client_id: 'app', client_secret: 'hush', grant_type: 'client_credentials' };

/** A stranger's client for the specs: plain fetch and nothing of ours. */
export class FlanksDriver {
  token = '';
  link = '';

  private constructor(
    readonly sim: FlanksSimulator,
    readonly clock: MovableClock,
  ) {}

  /** With an access token and a link, at 10:00, six hours after the daily update. */
  static async start(options: Partial<FlanksSimulatorOptions> = {}): Promise<FlanksDriver> {
    const clock = options.clock ?? MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
    const given = { clock, clientId: 'app', clientSecret: 'hush', stepMs: STEP_MS, ...options };
    const driver = new FlanksDriver(await createFlanksSimulator(given), clock);
    await driver.signIn();
    const created = await driver.post('/v0/links/create-link', { redirect_uri: RETURN });
    driver.link = text(part(created.body, 'data'), 'token');
    return driver;
  }

  async signIn(change: Json = {}): Promise<Answer> {
    const answer = await this.call('POST', '/v0/token', { ...CLIENT, ...change });
    if (answer.status === 200) this.token = text(answer.body, 'access_token');
    return answer;
  }

  post(path: string, json: unknown = {}): Promise<Answer> {
    return this.call('POST', path, json);
  }

  async call(method: string, path: string, json?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(new URL(path, this.sim.url), {
      method,
      body: json === undefined ? null : JSON.stringify(json),
      headers: {
        ...(json !== undefined && { 'content-type': 'application/json' }),
        authorization: `Bearer ${this.token}`,
        ...headers,
      },
    });
    return answerOf(response.status, await response.text());
  }

  linkUrl(query: Record<string, string> = {}): string {
    return `${this.sim.platformUrl}/link?${new URLSearchParams({ token: this.link, ...query }).toString()}`;
  }

  walk(query: Record<string, string> = {}, walk: Walk = {}): Promise<WalkEnd> {
    return walkHostedPages(this.linkUrl(query), walk);
  }

  exchange(code: string): Promise<Answer> {
    return this.post('/v0/platform/link', { code });
  }

  /** @returns the `credentials_token` of new credentials whose first load is just beginning. */
  async connect(walk: Walk = {}, query: Record<string, string> = {}): Promise<string> {
    const { location } = await this.walk(query, walk);
    const answer = await this.exchange(location?.searchParams.get('code') ?? '');
    return text(answer.body, 'credentials_token');
  }

  /** As `connect`, and loaded. */
  async connected(walk: Walk = {}, query: Record<string, string> = {}): Promise<string> {
    const token = await this.connect(walk, query);
    this.clock.advance(LOAD_MS);
    return token;
  }

  async status(token: string): Promise<Json> {
    return (await this.post('/v0/bank/credentials/status', { credentials_token: token })).body;
  }

  async force(token: string, kind: string): Promise<string> {
    const body = { credentials_token: token, force: kind };
    return text((await this.call('PUT', '/v0/bank/credentials/status', body)).body, `${kind}_token`);
  }

  data(token: string, name: string, extra: Json = {}): Promise<Answer> {
    return this.post(`/v0/bank/credentials/${name}`, { credentials_token: token, ...extra });
  }

  state(token: string): FlanksCredentialsState {
    return this.sim.control.credentials(token);
  }

  /** To the next 04:00 and until the update that begins there is over. */
  nextMorning(): void {
    const now = this.clock.now().getTime();
    const four = 4 * 3_600_000;
    const next = (Math.floor((now - four) / DAY_MS) + 1) * DAY_MS + four;
    this.clock.advance(next - now + LOAD_MS);
  }
}

function answerOf(status: number, text: string): Answer {
  const value = parse(text);
  return { status, text, body: isObject(value) ? value : {}, list: objectsOf(value) };
}
