import { Injectable } from '@nestjs/common';

import type { Connection } from '../connections/domain/connection.js';
import { Clock } from '../platform/time/clock.js';
import { readSince } from './domain/reading-window.js';
import { retryAfter } from './domain/retry-times.js';
import { DataReadingRepository, type NoClaim, type ReadingClaim } from './persistence/data-reading.repository.js';

/** Longer than a page and its writing take; renewed while pages come. Lost only by a process that died. */
const LEASE_MS = 120_000;
const RENEW_AFTER_MS = 40_000;
/** After these a repeat finds the same: the connection must change first. */
const FINAL: readonly string[] = ['credential.not_found', 'capability_unsupported'];

/** The right to read a connection's data: taken, kept while it is used, given back. */
@Injectable()
export class ReadingClaims {
  constructor(
    private readonly readings: DataReadingRepository,
    private readonly clock: Clock,
  ) {}

  /** @returns with `since` filled in for a reading that begins. */
  async take({ id, provider }: Connection, force: boolean): Promise<ReadingClaim | NoClaim> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + LEASE_MS);
    const claim = await this.readings.claim({ connectionId: id, provider, force, now, until });
    if (typeof claim === 'string' || claim.cursor !== null) return claim;
    const since = readSince(claim.bookedUntil, claim.pendingFrom);
    return { ...claim, since, startedAt: now, hasParts: false, missing: [] };
  }

  /** Called between pages, renews the claim when it is time. */
  keeper(claim: ReadingClaim): () => Promise<boolean> {
    let renewedAt = this.clock.now().getTime();
    return async () => {
      const now = this.clock.now().getTime();
      if (now - renewedAt < RENEW_AFTER_MS) return true;
      renewedAt = now;
      return this.readings.extend(claim, new Date(now + LEASE_MS));
    };
  }

  async failed(claim: ReadingClaim, code: string, providerSays?: Date): Promise<void> {
    const nextAttemptAt = retryAfter(claim.failures + 1, this.clock.now(), providerSays);
    await this.readings.fail(claim, {
      code,
      nextAttemptAt: FINAL.includes(code) ? null : nextAttemptAt,
      notBefore: providerSays ?? null,
    });
  }
}
