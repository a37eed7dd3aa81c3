import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { Clock } from '../time/clock.js';
import { PaceRepository, type PaceState } from './pace.repository.js';

/** What other processes decide is known here after so long. */
const FRESH_MS = 1_000;
/** Until then a call does not wait for the newest word. */
const USABLE_MS = 3_000;
/** A broken gateway may ask for hours; a 429 speaks of our calls and is believed. */
const MOST_UNAVAILABLE_MS = 5 * 60_000;
/** Timers may be early by a moment, and waits end at the very time that was asked. */
const EARLY_MS = 50;

/** Which providers are switched off or asked for quiet: one small table, read at most once a second for all calls. */
@Injectable()
export class ProviderPace {
  private readonly log = new Logger('Pace');
  private states = new Map<string, PaceState>();
  /** Pauses that this process knows and the others do not yet. */
  private readonly unwritten = new Map<string, PaceState>();
  private readAt = 0;
  private reading: Promise<void> | null = null;

  constructor(
    private readonly rows: PaceRepository,
    private readonly clock: Clock,
  ) {}

  /** False when an operator switched the provider off. */
  async isEnabled(provider: string): Promise<boolean> {
    return (await this.state(provider))?.enabled ?? true;
  }

  /** The provider asked for quiet, or is switched off: nothing should be planned for it. */
  async isPaused(provider: string): Promise<boolean> {
    return !(await this.isEnabled(provider)) || (await this.pausedUntil(provider)) !== null;
  }

  /** When the provider may be called again; `null` = now. */
  async pausedUntil(provider: string): Promise<Date | null> {
    const until = (await this.state(provider))?.pausedUntil ?? null;
    return until && until.getTime() > this.clock.now().getTime() + EARLY_MS ? until : null;
  }

  /** What is known, as fresh as a second. */
  async state(provider: string): Promise<PaceState | undefined> {
    const age = this.clock.now().getTime() - this.readAt;
    if (age >= FRESH_MS) {
      const reading = this.read();
      if (age >= USABLE_MS) await reading;
    }
    return this.states.get(provider);
  }

  /** In this process at once, in the others within a second. Never throws. */
  askedForQuiet(provider: string, asked: Date, status: number): void {
    const most = this.clock.now().getTime() + MOST_UNAVAILABLE_MS;
    const until = status === 503 && asked.getTime() > most ? new Date(most) : asked;
    const known = this.states.get(provider);
    if (known?.pausedUntil && known.pausedUntil >= until) return;
    const reason = `HTTP ${status}`;
    const own = { provider, enabled: known?.enabled ?? true, pausedUntil: until, pausedReason: reason };
    this.states.set(provider, own);
    this.unwritten.set(provider, own);
    this.log.warn({ provider, status, until: until.toISOString() }, 'a provider asks for quiet');
    void this.write(own, until, reason);
  }

  private async write(own: PaceState, until: Date, reason: string): Promise<void> {
    try {
      await this.rows.pause(own.provider, until, reason);
    } catch (error) {
      this.log.warn({ provider: own.provider, err: error }, 'the other processes do not hear of a pause');
    } finally {
      // A reading that began before this was written does not show it.
      await this.reading;
      if (this.unwritten.get(own.provider) === own) this.unwritten.delete(own.provider);
    }
  }

  /** Switching on also ends a pause. @param manager of the transaction that records who did it. */
  async setEnabled(provider: string, enabled: boolean, manager: EntityManager): Promise<void> {
    await this.rows.setEnabled(provider, enabled, manager);
  }

  /** After the commit of a change: the next call reads anew. */
  forget(): void {
    this.readAt = 0;
  }

  /** Never rejects: without the database, what was known last holds. */
  private async read(): Promise<void> {
    this.reading ??= this.readOnce().finally(() => {
      this.reading = null;
    });
    return this.reading;
  }

  private async readOnce(): Promise<void> {
    const at = this.clock.now().getTime();
    try {
      const states = await this.rows.states();
      this.states = new Map(states.map((state) => [state.provider, state]));
      for (const own of this.unwritten.values()) this.states.set(own.provider, own);
      this.readAt = at;
    } catch (error) {
      this.readAt = at;
      this.log.warn({ err: error }, 'the pace of providers cannot be read');
    }
  }
}
