import { setTimeout as pause } from 'node:timers/promises';

import { RestClient, textAt } from '../rest-client.js';
import type { Simulators } from '../sandbox.js';

const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 500;

/** What the scenarios of the demo play with: the REST API like anybody, and the simulators' controls. */
export class Stage {
  constructor(
    readonly api: RestClient,
    readonly userId: string,
    readonly simulators: Simulators,
  ) {}

  /** @returns the id of the connection. @throws Error when it was refused */
  async connect(
    provider: string,
    institutionId: string,
    fields: Readonly<Record<string, string>>,
    reference: string,
  ): Promise<string> {
    const body = { userId: this.userId, provider, institutionId, fields, reference };
    const created = await this.api.call('POST', '/v1/connections', body);
    if (created.status !== 201) throw new Error(`${reference}: ${String(created.status)}`);
    return textAt(created.body, 'id');
  }

  /** @returns the address of the provider's page. */
  async beginVisit(provider: string, reference: string): Promise<string> {
    const redirectUrl = 'http://127.0.0.1/demo';
    const body = { userId: this.userId, provider, purpose: 'connect', redirectUrl, reference };
    const created = await this.api.call('POST', '/v1/link-sessions', body);
    if (created.status !== 201) throw new Error(`${reference}: ${String(created.status)}`);
    return textAt(created.body, 'url');
  }

  /** What a browser does with the address that the provider's page sends it to. */
  async comeBack(address: URL): Promise<void> {
    const response = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(30_000) });
    await response.arrayBuffer();
    if (response.status !== 303) throw new Error(`The visit ended with ${String(response.status)}.`);
  }

  async until(id: string, state: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const { body } = await this.api.call('GET', `/v1/connections/${id}`);
      if (textAt(body, 'state', 'value') === state) return;
      if (performance.now() > deadline) throw new Error(`The connection never became ${state}.`);
      await pause(LOOK_EVERY_MS);
    }
  }
}
