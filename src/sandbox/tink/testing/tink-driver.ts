import { MovableClock } from '../../../platform/time/clock.js';
import { isObject } from '../../simulator/json.js';
import { objects, parseObject, text, type Json } from '../../simulator/testing/json-answer.js';
import { createTinkSimulator } from '../tink-simulator.js';
import type { TinkSimulator, TinkSimulatorOptions } from '../tink-simulator.types.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed object; empty when the body is none. */
  readonly body: Json;
  readonly bytes: Buffer;
}

export interface CallOptions {
  readonly token?: string;
  readonly json?: unknown;
  readonly form?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

export const STEP_MS = 1000;
const EVERY_SCOPE =
  'credentials:read,credentials:write,credentials:refresh,accounts:read,transactions:read,accounts.balances:readonly,' +
  'provider-consents:read,provider-consents:write,user:read,user:delete,providers:read';

/** A stranger's client for the specs: plain fetch and nothing of ours. */
export class TinkDriver {
  private constructor(
    readonly sim: TinkSimulator,
    readonly clock: MovableClock,
  ) {}

  static async start(options: Partial<TinkSimulatorOptions> = {}): Promise<TinkDriver> {
    const clock = options.clock ?? MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
    const sim = await createTinkSimulator({
      clock,
      clientId: 'app',
      clientSecret: 'hush',
      stepMs: STEP_MS,
      ...options,
    });
    return new TinkDriver(sim, clock);
  }

  async call(method: string, path: string, { token, json, form, headers = {} }: CallOptions = {}): Promise<Answer> {
    const body = form ? new URLSearchParams(form) : json === undefined ? null : JSON.stringify(json);
    const response = await fetch(new URL(path, this.sim.url), {
      method,
      body,
      redirect: 'manual',
      headers: {
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body: parseObject(bytes.toString()), bytes };
  }

  async token(form: Record<string, string>): Promise<Answer> {
    return this.call('POST', '/api/v1/oauth/token', { form: { client_id: 'app', client_secret: 'hush', ...form } });
  }

  async clientToken(scope = 'user:create,authorization:grant,authorization:revoke'): Promise<string> {
    return text((await this.token({ grant_type: 'client_credentials', scope })).body, 'access_token');
  }

  /** Creates the user unless it exists. */
  async userToken(externalUserId = 'cust-1', scope = EVERY_SCOPE): Promise<string> {
    const token = await this.clientToken();
    await this.call('POST', '/api/v1/user/create', { token, json: { external_user_id: externalUserId, market: 'SE' } });
    const form = { external_user_id: externalUserId, scope };
    const { body } = await this.call('POST', '/api/v1/oauth/authorization-grant', { token, form });
    const redeemed = await this.token({ grant_type: 'authorization_code', code: text(body, 'code') });
    return text(redeemed.body, 'access_token');
  }

  create(token: string, providerName: string, fields: Json, extra: Json = {}): Promise<Answer> {
    return this.call('POST', '/api/v1/credentials', { token, json: { providerName, fields, ...extra } });
  }

  /** @returns the id of credentials of the demo user who has everything. */
  async connected(token: string, providerName: string): Promise<string> {
    const asks = !/redirect|bankid|app|decoupled/.test(providerName);
    const { body } = await this.create(token, providerName, asks ? GOOD_LOGIN : {});
    const id = text(body, 'id');
    this.steps(2);
    const state = this.sim.control.credentials(id);
    if (state.expectedAnswer) await this.answer(token, id, state.expectedAnswer);
    if (state.bankUrl !== null) this.sim.control.approve(id);
    this.steps(4);
    return id;
  }

  answer(token: string, id: string, information: Json): Promise<Answer> {
    return this.call('POST', `/api/v1/credentials/${id}/supplemental-information`, { token, json: { information } });
  }

  async read(token: string, id: string): Promise<Json> {
    return (await this.call('GET', `/api/v1/credentials/${id}`, { token })).body;
  }

  async consent(token: string, id: string): Promise<Json> {
    const { body } = await this.call('GET', `/api/v1/provider-consents?credentialsId=${id}`, { token });
    return objects(body, 'providerConsents')[0] ?? {};
  }

  /** The reason that provider-consents gives for an error. */
  async reason(token: string, id: string): Promise<unknown> {
    const { detailedError } = await this.consent(token, id);
    const details = isObject(detailedError) ? detailedError['details'] : null;
    return isObject(details) ? details['reason'] : undefined;
  }

  steps(count: number): void {
    this.clock.advance(count * STEP_MS);
  }
}

export const GOOD_LOGIN = { username: 'u10000001', password: 'abc123' };
