import { setTimeout as pause } from 'node:timers/promises';

import { member, textAt, type Answer, type RestClient } from '../rest-client.js';

/** What the tour needs of the world around Mooring. */
export interface TourGround {
  readonly api: RestClient;
  /** Plays the user who confirms in the bank's app. */
  confirmInApp(): Promise<void>;
  /** Plays the user with a browser on a provider's page. Resolves to where the page sends the browser. */
  visit(url: string): Promise<URL>;
  print(line: string): void;
}

export class TourError extends Error {}

const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 400;

/** Numbers and prints what the tour does, and stops it at the first answer that is not as it should be. */
export class TourSteps {
  private step = 0;

  constructor(readonly ground: TourGround) {}

  /** @throws TourError when the answer has another status. */
  async call(
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

  /** Reads the connection until it is in this state, and prints every state on the way. @throws TourError */
  async until(id: string, wanted: string): Promise<Answer> {
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

  async connect(
    userId: string,
    provider: string,
    institutionId: string,
    fields: Record<string, string>,
  ): Promise<string> {
    const created = await this.call('create', 201, 'POST', '/v1/connections', {
      userId,
      provider,
      institutionId,
      fields,
    });
    this.note(`${institutionId} is ${stateOf(created.body)}`);
    return textAt(created.body, 'id');
  }

  title(text: string): void {
    this.ground.print(`\n${text}`);
  }

  note(text: string): void {
    this.ground.print(`      ${text}`);
  }
}

function stateOf(body: unknown): string {
  return textAt(body, 'state', 'value');
}

export function nextOf(body: unknown): string {
  return textAt(body, 'nextAction', 'message');
}
