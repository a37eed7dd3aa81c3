import { setTimeout as pause } from 'node:timers/promises';

import { member, textAt, type Answer, type RestClient } from '../rest-client.js';

/** What the tour needs of the world around Mooring. */
export interface TourGround {
  readonly api: RestClient;
  /** Plays the user who confirms in the bank's app. */
  confirmInApp(): Promise<void>;
  print(line: string): void;
}

const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 400;

/** The steps of the tour share what came before. @throws TourError at the first answer that is not as it should be. */
export class Tour {
  private step = 0;
  private userId = '';

  constructor(private readonly ground: TourGround) {}

  /** Plays the main job: every function of a Tink client once, through the REST API. */
  async play(): Promise<void> {
    await this.createUser();
    const otp = await this.connectWithCode();
    await this.readAndRefresh(otp);
    await this.renew(otp);
    const qr = await this.connectWithQr();
    await this.wrongPasswordHeals();
    await this.grants();
    await this.remove(otp, qr);
  }

  private async createUser(): Promise<void> {
    const externalUserId = `tour-${String(process.pid)}-${process.hrtime.bigint().toString(36)}`;
    const created = await this.call('create_user', 201, 'POST', '/v1/users', { externalUserId, market: 'SE' });
    this.userId = textAt(created.body, 'id');
  }

  private async connectWithCode(): Promise<string> {
    const id = await this.connect('create', 'se-demobank-open-banking-embedded', 'u10000001');
    await this.answerCode(id);
    return id;
  }

  private async readAndRefresh(id: string): Promise<void> {
    const listed = await this.call('list', 200, 'GET', `/v1/connections?userId=${this.userId}`);
    this.note(`${String((member(listed.body, 'data') as unknown[]).length)} connection`);
    const read = await this.call('get', 200, 'GET', `/v1/connections/${id}`);
    this.note(`data as of ${String(member(read.body, 'data', 'asOf'))}, ${nextOf(read.body)}`);
    await this.call('refresh', 202, 'POST', `/v1/connections/${id}/refresh`, { userPresent: true });
    await this.until(id, 'active');
  }

  private async renew(id: string): Promise<void> {
    await this.call('authenticate', 202, 'POST', `/v1/connections/${id}/authenticate`, {});
    await this.answerCode(id);
    const read = await this.call('get', 200, 'GET', `/v1/connections/${id}`);
    this.note(
      `consent ${String(member(read.body, 'consent', 'status'))} until ${String(member(read.body, 'consent', 'expiresAt'))}`,
    );
  }

  private async connectWithQr(): Promise<string> {
    const id = await this.connect('create', 'se-demobank-open-banking-bankid', null);
    await this.until(id, 'awaiting_user');
    const picture = await this.call('get_qr', 200, 'GET', `/v1/connections/${id}/qr`);
    this.note(
      `${String(picture.headers.get('content-type'))}, ${String(picture.bytes.length)} bytes; the user scans it`,
    );
    await this.ground.confirmInApp();
    await this.until(id, 'active');
    return id;
  }

  private async wrongPasswordHeals(): Promise<void> {
    const id = await this.connect('create', 'se-demobank-password', 'u10000002', 'wrong1');
    await this.until(id, 'blocked');
    const fields = { username: 'u10000002', password: 'abc123' };
    await this.call('update login', 202, 'PUT', `/v1/connections/${id}/login`, { fields });
    await this.until(id, 'active');
  }

  private async grants(): Promise<void> {
    const path = `/v1/users/${this.userId}/authorization-grants`;
    const grant = await this.call('create_authorization', 200, 'POST', path, {
      provider: 'tink',
      scope: ['accounts:read', 'transactions:read'],
    });
    const code = textAt(grant.body, 'code');
    const token = await this.call('get_user_access_token', 200, 'POST', '/v1/users/access-tokens', {
      provider: 'tink',
      code,
    });
    this.note(`a token for ${String(member(token.body, 'expiresIn'))} s; codes and tokens are not shown here`);
  }

  private async remove(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.call('delete', 204, 'DELETE', `/v1/connections/${id}`);
      await this.call('get', 404, 'GET', `/v1/connections/${id}`);
    }
    await this.call('delete_user', 204, 'DELETE', `/v1/users/${this.userId}`);
    await this.call('get user', 404, 'GET', `/v1/users/${this.userId}`);
  }

  private async connect(name: string, institutionId: string, username: string | null, password = 'abc123') {
    const fields = username === null ? {} : { username, password };
    const body = { userId: this.userId, provider: 'tink', institutionId, fields };
    const created = await this.call(name, 201, 'POST', '/v1/connections', body);
    this.note(`${institutionId} is ${stateOf(created.body)}`);
    return textAt(created.body, 'id');
  }

  /** The demo bank shows the code in the question, as no phone is at hand. */
  private async answerCode(id: string): Promise<void> {
    const waiting = await this.until(id, 'awaiting_user');
    const fields = member(waiting.body, 'nextAction', 'fields') as { name: string; type: string; value?: string }[];
    const code = fields.find((field) => field.type === 'info')?.value ?? '';
    const asked = fields.find((field) => field.type !== 'info');
    const answers = [{ name: asked?.name ?? '', value: code }];
    const path = `/v1/connections/${id}/supplemental-information`;
    await this.call('submit_supplemental_info', 202, 'POST', path, { fields: answers });
    await this.until(id, 'active');
  }

  private async until(id: string, wanted: string): Promise<Answer> {
    const deadline = performance.now() + PATIENCE_MS;
    let last = '';
    for (;;) {
      const answer = await this.ground.api.call('GET', `/v1/connections/${id}`);
      const state = stateOf(answer.body);
      if (state !== last) this.note(`${state}: ${nextOf(answer.body)}`);
      last = state;
      if (state === wanted) return answer;
      if (performance.now() > deadline) throw new TourError(`The connection stayed ${state}; ${wanted} was expected.`);
      await pause(LOOK_EVERY_MS);
    }
  }

  private async call(
    name: string,
    status: number,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<Answer> {
    this.step += 1;
    const answer = await this.ground.api.call(method, path, body);
    const number = String(this.step).padStart(2, ' ');
    this.ground.print(`${number}. ${name.padEnd(26)} ${method} ${path} → ${String(answer.status)}`);
    if (answer.status === status) return answer;
    const code = member(answer.body, 'code');
    throw new TourError(`${String(status)} was expected${typeof code === 'string' ? `, the problem is ${code}` : ''}.`);
  }

  private note(text: string): void {
    this.ground.print(`      ${text}`);
  }
}

export class TourError extends Error {}

function stateOf(body: unknown): string {
  return textAt(body, 'state', 'value');
}

function nextOf(body: unknown): string {
  return textAt(body, 'nextAction', 'message');
}
