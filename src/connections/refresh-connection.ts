import { Injectable, Logger } from '@nestjs/common';

import type { RefreshOptions } from '../credentials/credentials.service.js';
import type { ProviderFailure } from '../credentials/failure.js';
import type { Observation } from '../credentials/observation.js';
import type { Result } from '../credentials/result.js';
import { UnsealError } from '../platform/crypto/sealer.js';
import { Failure } from '../platform/errors/failure.js';
import { Ids } from '../platform/ids/ids.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { ClaimedCall, type Claim } from './claimed-call.js';
import { credentialRefOf } from './credential-ref.js';
import type { Connection } from './domain/connection.js';
import { mayRefresh, type RefreshDecision } from './domain/refresh-decision.js';
import type { Origin } from './origin.js';
import { RefreshAttemptRepository } from './persistence/refresh-attempt.repository.js';
import { ReadConnections } from './read-connections.js';

type Go = Extract<RefreshDecision, { kind: 'go' }>;

/**
 * Asks the provider to fetch from the bank: one at a time for each connection over all processes, within the quota,
 * and written down before the call. Source: domain.md §6.
 */
@Injectable()
export class RefreshConnection {
  private readonly log = new Logger(RefreshConnection.name);
  /** Identical calls in this process, by what they ask. */
  private readonly underWay = new Map<string, Promise<Connection>>();

  constructor(
    private readonly read: ReadConnections,
    private readonly providers: ProviderAccess,
    private readonly claims: ClaimedCall,
    private readonly attempts: RefreshAttemptRepository,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the connection as it is once the provider has accepted, or as it is when a refresh is under way.
   * @throws Failure `connection.not_refreshable`, `capability_unsupported`, `quota.exhausted`, or the provider's code
   */
  async run(id: string, options: RefreshOptions, origin: Origin): Promise<Connection> {
    const key = JSON.stringify([id, options]);
    const running = this.underWay.get(key);
    if (running) return running;
    const started = this.attempt(id, options, origin).finally(() => this.underWay.delete(key));
    this.underWay.set(key, started);
    return started;
  }

  private async attempt(id: string, options: RefreshOptions, origin: Origin): Promise<Connection> {
    const before = await this.read.stored(id);
    if (!this.decision(before)) return before;
    const after = await this.claims.run(id, origin, async (claim) => {
      // Somebody may have finished between the first look and the claim.
      const go = this.decision(claim.connection);
      return go ? this.call(claim, go, options, origin) : claim.connection;
    });
    return after ?? this.read.stored(id);
  }

  /** @returns `null` when one is under way. @throws Failure when the answer is no */
  private decision(connection: Connection): Go | null {
    const { capabilities } = this.providers.provider(connection.provider).credentials;
    const decision = mayRefresh(connection, capabilities, this.clock.now());
    if (decision.kind === 'refuse') {
      const { code, reason, retryAt } = decision;
      throw new Failure(code, { detail: reason, ...(retryAt && { retryAt }) });
    }
    return decision.kind === 'go' ? decision : null;
  }

  private async call(claim: Claim, go: Go, options: RefreshOptions, origin: Origin): Promise<Connection> {
    const { credentials } = this.providers.provider(claim.connection.provider);
    const ref = credentialRefOf(claim.connection);
    const call = await this.providers.callFor(claim.connection.userId);
    const attempt = await this.reserve(claim, go, options.userPresent, origin);
    const startedAt = performance.now();
    const result = await this.send(attempt, async () => credentials.refresh(ref, options, call));
    await this.finish(attempt, result);
    const { id: connectionId, provider } = claim.connection;
    const facts = { connectionId, provider, trigger: origin.trigger, attended: options.userPresent, reason: go.reason };
    const durationMs = Math.round(performance.now() - startedAt);
    this.log.log({ ...facts, outcome: endOf(result).outcome, durationMs }, 'refresh attempted');
    return this.claims.conclude(claim, result, origin);
  }

  /** What the caller asked wrongly was no attempt, and leaves no trace. */
  private async finish(attempt: string, result: Result<Observation, ProviderFailure>): Promise<void> {
    if (!result.ok && result.failure.code === 'credential.invalid_input' && !result.failure.mayHaveHappened) {
      await this.attempts.forget(attempt);
    } else {
      await this.attempts.finish(attempt, { ...endOf(result), at: this.clock.now() });
    }
  }

  /** A fault of ours ends the attempt too. A secret that did not open was not sent. @throws what `refresh` throws */
  private async send<T>(attempt: string, refresh: () => Promise<T>): Promise<T> {
    try {
      return await refresh();
    } catch (error) {
      const spent = !(error instanceof UnsealError);
      // What the caller hears is the first fault, and not that the book cannot be written either.
      await this.attempts.finish(attempt, { outcome: 'internal', spent, at: this.clock.now() }).catch(() => undefined);
      throw error;
    }
  }

  /** @throws Failure `quota.exhausted` */
  private async reserve(claim: Claim, { reason }: Go, attended: boolean, { trigger }: Origin): Promise<string> {
    const { id: connectionId, provider } = claim.connection;
    const { limits } = this.providers.capabilities(provider);
    const attempt = { id: this.ids.next(), connectionId, fence: claim.fence, attended, trigger, reason };
    const limit = attended ? null : limits.unattendedRefreshesPerDay;
    const reservation = await this.attempts.reserve({ ...attempt, startedAt: this.clock.now() }, limit);
    if (reservation.kind === 'reserved') return attempt.id;
    throw new Failure('quota.exhausted', {
      detail: `Without the user, ${String(reservation.limit)} refreshes a day are allowed. All are used up.`,
      retryAt: reservation.retryAt,
    });
  }
}

function endOf(result: Result<Observation, ProviderFailure>): { readonly outcome: string; readonly spent: boolean } {
  return result.ok
    ? { outcome: 'accepted', spent: true }
    : { outcome: result.failure.code, spent: result.failure.mayHaveHappened };
}
