import { randomUUID } from 'node:crypto';

import type { CallContext } from '../../src/credentials/call-context.js';
import type { ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { Provider } from '../../src/credentials/provider.js';
import type { MovableClock } from '../../src/platform/time/clock.js';
import type { SharedControl } from '../../src/sandbox/simulator/control-desk.js';
import type { FaultAction } from '../../src/sandbox/simulator/faults.js';
import type { RememberingObserver } from '../fixtures/outgoing-under-test.js';
import type { Trouble } from './contract-harness.js';

interface Simulator {
  readonly control: SharedControl;
  close(): Promise<void>;
}

interface Module {
  readonly provider: Provider;
  readonly observer: RememberingObserver;
  close(): void;
}

/** Troubles that look the same at every provider. @param secret stands in every body: none of it may be seen. */
export function troublesQuoting(secret: string) {
  const html = (status: number, headers: Readonly<Record<string, string>> = {}): FaultAction => ({
    ...{ kind: 'respond', status, headers, contentType: 'text/html', body: `<html>${secret}</html>` },
  });
  return {
    unavailable: html(502),
    rate_limited: html(429),
    rate_limited_for_a_minute: html(429, { 'retry-after': '60' }),
    nonsense: { kind: 'malformed' },
    connection_lost: { kind: 'reset' },
    hang: { kind: 'hang' },
  } as const satisfies Readonly<Partial<Record<Trouble, FaultAction>>>;
}

/** A real module and its simulator on one clock. */
export abstract class SimulatorHarness<S extends Simulator, M extends Module> {
  protected readonly call: CallContext = { signal: new AbortController().signal };
  private toldHangs = 0;

  constructor(
    protected readonly clock: MovableClock,
    protected readonly simulator: S,
    protected readonly module: M,
  ) {}

  get provider(): Provider {
    return this.module.provider;
  }

  now(): Date {
    return this.clock.now();
  }

  advance(ms: number): void {
    this.clock.advance(ms);
  }

  async user(): Promise<ProviderUserRef> {
    return randomUUID() as ProviderUserRef;
  }

  clearTroubles(): void {
    this.simulator.control.clearFaults();
  }

  async hanging(): Promise<void> {
    const hangs = () => this.simulator.control.calls().filter(({ fault }) => fault === 'hang').length;
    while (hangs() <= this.toldHangs) await new Promise((resolve) => setImmediate(resolve));
    this.toldHangs = hangs();
  }

  spoken(): readonly unknown[] {
    return [this.module.observer.calls, this.module.observer.words];
  }

  async close(): Promise<void> {
    this.module.close();
    await this.simulator.close();
  }
}
