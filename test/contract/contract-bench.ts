import { inspect } from 'node:util';

import type { CallContext } from '../../src/credentials/call-context.js';
import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import type { Observation, ObservedState } from '../../src/credentials/observation.js';
import type { Result } from '../../src/credentials/result.js';
import type { ContractHarness, Scenario, StartHarness } from './contract-harness.js';
import { RememberingCore } from './remembering-core.js';

const MOVING: ReadonlySet<ObservedState> = new Set(['pending', 'authenticating', 'syncing']);
const STEP_MS = 1000;
const MAX_STEPS = 60;

/** One test's provider, with everything that it said remembered and searched for secrets at the end. */
export class ContractBench {
  readonly call: CallContext = { signal: new AbortController().signal };
  private readonly heard: unknown[] = [];

  readonly service: RememberingCore;

  private constructor(readonly harness: ContractHarness) {
    this.service = new RememberingCore(harness.provider.credentials);
  }

  static async open(start: StartHarness, deadlineMs?: number): Promise<ContractBench> {
    return new ContractBench(await start(deadlineMs === undefined ? {} : { deadlineMs }));
  }

  async failure(result: Promise<Result<unknown, ProviderFailure>>): Promise<ProviderFailure | 'no failure'> {
    const settled = await this.hear(result);
    return settled.ok ? 'no failure' : settled.failure;
  }

  async value<T>(result: Promise<Result<T, ProviderFailure>>): Promise<T> {
    const settled = await this.hear(result);
    if (!settled.ok) throw new Error(`The provider failed: ${settled.failure.code}.`);
    return settled.value;
  }

  /** Lets time pass until nothing moves any more. */
  async settled(ref: CredentialRef): Promise<Observation> {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const { observation } = await this.value(this.service.get(ref, this.call));
      if (!MOVING.has(observation.state)) return observation;
      this.harness.advance(STEP_MS);
    }
    throw new Error('The credential does not settle.');
  }

  /** Reads until the provider reports something newer than `before`, then until it settles. */
  async settledAfter(ref: CredentialRef, before: Observation): Promise<Observation> {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const { observation } = await this.value(this.service.get(ref, this.call));
      // A reading without a time cannot be placed and counts as newer, as in the core.
      const at = observation.providerStatusAt;
      const moved = at === null || at.getTime() > (before.providerStatusAt?.getTime() ?? 0);
      if (moved && !MOVING.has(observation.state)) return observation;
      this.harness.advance(STEP_MS);
    }
    throw new Error('The credential does not move.');
  }

  /** @returns `null` when the provider has no such scenario. */
  async reach(
    scenario: Scenario,
    user?: ProviderUserRef,
  ): Promise<{ readonly ref: CredentialRef; readonly observation: Observation } | null> {
    const ref = await this.harness.begin(scenario, user ?? (await this.harness.user()));
    return ref && { ref, observation: await this.settled(ref) };
  }

  async active(): Promise<{ readonly ref: CredentialRef; readonly observation: Observation }> {
    const reached = await this.reach('active');
    if (!reached) throw new Error('Every provider must have a way to an active credential.');
    return reached;
  }

  /** Closes, and throws when anything that was said holds a secret. */
  async close(): Promise<void> {
    await this.harness.close();
    const said = inspect([...this.heard, ...this.harness.spoken()], { depth: Infinity, showHidden: true });
    const json = JSON.stringify([...this.heard, ...this.harness.spoken()]);
    for (const secret of this.harness.secrets) {
      if (said.includes(secret) || json.includes(secret)) throw new Error('A secret was shown.');
    }
  }

  private async hear<T>(result: Promise<Result<T, ProviderFailure>>): Promise<Result<T, ProviderFailure>> {
    const settled = await result;
    this.heard.push(settled);
    return settled;
  }
}

/** For the specs: opens a bench before each test and searches it for secrets afterwards. */
export function withBench(start: StartHarness): () => ContractBench {
  let bench: ContractBench | undefined;
  beforeEach(async () => {
    bench = await ContractBench.open(start);
  });
  afterEach(async () => bench?.close());
  return () => {
    if (!bench) throw new Error('No bench.');
    return bench;
  };
}
