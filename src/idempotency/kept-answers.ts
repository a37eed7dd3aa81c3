import { Injectable } from '@nestjs/common';

import { LookupHash } from '../platform/crypto/lookup-hash.js';
import { Ids } from '../platform/ids/ids.js';
import { Clock } from '../platform/time/clock.js';
import type { Claim, ClaimResult, KeptAnswer, KeyedRequest } from './kept-answer.js';
import { IdempotencyRepository } from './persistence/idempotency.repository.js';
import { canonicalJson } from './canonical-json.js';

const KEPT_MS = 24 * 3_600_000;
/** Longer than any request takes. After it the process that began is taken for dead and the request may run again. */
const LEASE_MS = 60_000;
/** A claim can miss a row that goes away at the same moment. More than once in a row it does not. */
const TRIES = 3;

/** The first answers to keyed requests. Key and request are stored as keyed hashes: a body may hold a login. */
@Injectable()
export class KeptAnswers {
  constructor(
    private readonly rows: IdempotencyRepository,
    private readonly lookup: LookupHash,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Of several requests with one key, in whatever processes, one is claimed. */
  async claim({ caller, key, method, path, body }: KeyedRequest): Promise<ClaimResult> {
    const now = this.clock.now();
    const claim: Claim = { keyHash: this.lookup.of('idempotency-key', caller, key), owner: this.ids.next() };
    const digest = this.lookup.of('idempotency-request', method, path, canonicalJson(body));
    const times = { now, leaseUntil: after(now, LEASE_MS), expiresAt: after(now, KEPT_MS) };
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (await this.rows.claim(claim, caller, digest, times)) return { kind: 'claimed', claim };
      const other = await this.rows.find(claim.keyHash);
      if (!other) continue;
      if (other.digest !== digest) return { kind: 'other_request' };
      if (other.answer) return { kind: 'done', answer: other.answer };
      return { kind: 'running' };
    }
    return { kind: 'running' };
  }

  /** Nothing is kept when the claim was lost meanwhile: whoever has it now answers. */
  async keep(claim: Claim, answer: KeptAnswer): Promise<void> {
    await this.rows.finish(claim, answer);
  }

  /** The next request with this key runs as if this one had never been. */
  async release(claim: Claim): Promise<void> {
    await this.rows.release(claim);
  }
}

function after(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}
