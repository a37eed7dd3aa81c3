import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { CallFilter } from '../../../src/sandbox/simulator/call-log.js';
import type { FaultRule } from '../../../src/sandbox/simulator/faults.js';
import type { Mishap, Order, ProviderName, Seeded, Sum, Truth } from './desk.js';

const MAIN = fileURLToPath(new URL('../simulator.main.js', import.meta.url));
const DEADLINE_MS = 300_000;

/** Argument and answer of each call. */
export interface SimulatorCalls {
  env: [undefined, Readonly<Record<string, string>>];
  seed: [readonly Order[], readonly Seeded[]];
  truth: [undefined, readonly Truth[]];
  totals: [readonly string[], readonly Sum[]];
  befall: [{ readonly ids: readonly string[]; readonly mishap: Mishap }, undefined];
  overlap: [undefined, number];
  fault: [FaultRule, string];
  /** No faults any more. */
  calm: [undefined, undefined];
  /** This share of calls fails from now on. */
  shower: [number, undefined];
  /** How many faults the shower had. */
  showered: [undefined, number];
  count: [CallFilter, number];
  /** Calls that were answered with success. */
  taken: [CallFilter, number];
  /** Contacts with the bank for a login since the last `clearCalls`; only Flinks tells. */
  attempts: [string, number];
  clearCalls: [undefined, undefined];
}

export interface Request {
  readonly id: number;
  readonly name: keyof SimulatorCalls;
  readonly argument: unknown;
}

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A simulator in another process. */
export class RemoteSimulator {
  private readonly waiting = new Map<number, Waiting>();
  private count = 0;

  private constructor(
    readonly provider: ProviderName,
    private readonly child: ChildProcess,
  ) {
    child.on('message', (reply: Reply) => {
      this.take(reply);
    });
    // A call to a process that has gone rejects; without a listener it would end this process too.
    child.on('error', () => undefined);
    child.on('exit', () => {
      for (const { reject } of this.waiting.values()) reject(new Error(`The simulator of ${provider} ended.`));
    });
  }

  static async start(provider: ProviderName, stepMs: number): Promise<RemoteSimulator> {
    const child = fork(MAIN, [provider, String(stepMs)], { execArgv: ['--enable-source-maps'] });
    const simulator = new RemoteSimulator(provider, child);
    await new Promise((resolve, reject) => {
      simulator.waiting.set(0, { resolve, reject });
    });
    return simulator;
  }

  async call<Name extends keyof SimulatorCalls>(
    name: Name,
    ...[argument]: SimulatorCalls[Name][0] extends undefined ? [] : [SimulatorCalls[Name][0]]
  ): Promise<SimulatorCalls[Name][1]> {
    this.count += 1;
    const id = this.count;
    const answer = new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      setTimeout(() => {
        reject(new Error(`The simulator of ${this.provider} does not answer ${name}.`));
      }, DEADLINE_MS).unref();
    });
    this.child.send({ id, name, argument } satisfies Request, (error) => {
      if (error) this.take({ id, error: error.message });
    });
    return answer as Promise<SimulatorCalls[Name][1]>;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  private take({ id, value, error }: Reply): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  }
}
