import { Injectable, Logger } from '@nestjs/common';

import type { ProviderFailure } from '../credentials/failure.js';
import type { Observation } from '../credentials/observation.js';
import { Clock } from '../platform/time/clock.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { credentialRefOf } from './credential-ref.js';
import type { Connection } from './domain/connection.js';
import { isMoving } from './domain/connection-state.js';
import type { Evidence } from './domain/connection-event.js';
import { nextLook, READING_GAP_MS } from './domain/watch-schedule.js';
import type { Origin } from './origin.js';
import { ConnectionWorkRepository } from './persistence/connection-work.repository.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { evidenceOf } from './provider-evidence.js';

/** How a reading went. */
export interface Look {
  /** The connection as it is afterwards. */
  readonly connection: Connection;
  /** `overlapped`: another reader was faster. `unreadable`: the provider said nothing of the connection. */
  readonly outcome: 'applied' | 'refused' | 'overlapped' | 'unreadable' | 'skipped';
  readonly failure?: ProviderFailure;
}

/** Reads the provider's truth about one connection and applies it. Never fails because of the provider. */
@Injectable()
export class ObserveConnection {
  private readonly log = new Logger(ObserveConnection.name);

  constructor(
    private readonly work: ConnectionWorkRepository,
    private readonly providers: ProviderAccess,
    private readonly lifecycle: ConnectionLifecycle,
    private readonly clock: Clock,
  ) {}

  /** @returns the connection as it is afterwards; as it was when another reader was faster or the provider fails. */
  async run(connection: Connection, origin: Origin): Promise<Connection> {
    return (await this.look(connection, origin)).connection;
  }

  /** The same, telling how it went. */
  async look(connection: Connection, origin: Origin): Promise<Look> {
    if (!connection.credentialId || connection.state === 'deleting') return { connection, outcome: 'skipped' };
    if (!(await this.work.claimReading(connection.id, this.clock.now(), READING_GAP_MS))) {
      return { connection, outcome: 'overlapped' };
    }
    return this.lookClaimed(connection, origin);
  }

  /** For whoever has claimed the reading together with the record. */
  async lookClaimed(connection: Connection, origin: Origin): Promise<Look> {
    if (!connection.credentialId) return { connection, outcome: 'skipped' };
    const { credentials } = this.providers.provider(connection.provider);
    // What a settled connection brings has no texts that its user reads; a moving one is read again and again.
    const isForUser = isMoving(connection.state);
    const call = isForUser ? await this.providers.callFor(connection.userId) : this.providers.call();
    const result = await credentials.get(credentialRefOf(connection), call);
    return result.ok
      ? this.apply(connection, result.value.observation, origin)
      : this.afterFailure(connection, result.failure, origin);
  }

  private async apply(
    connection: Connection,
    observation: Observation,
    origin: Origin,
    evidence: Evidence = {},
  ): Promise<Look> {
    const { id, version: readAt } = connection;
    const applied = await this.lifecycle.apply(id, observation, origin, { evidence, readAt, known: connection });
    if (applied.refused) await this.lookLater(applied.connection);
    return { connection: applied.connection, outcome: applied.refused ? 'refused' : 'applied' };
  }

  private async afterFailure(connection: Connection, failure: ProviderFailure, origin: Origin): Promise<Look> {
    const evidence = evidenceOf(failure);
    const says = failure.code === 'credential.not_found' ? GONE : failure.observation;
    if (says) return this.apply(connection, says, origin, evidence);
    await this.lookLater(connection);
    this.log.warn({ connectionId: connection.id, provider: connection.provider, ...evidence }, 'provider not readable');
    return { connection, outcome: 'unreadable', failure };
  }

  private async lookLater(connection: Connection): Promise<void> {
    await this.work.postponeWatch(connection, nextLook(connection, this.clock.now()));
  }
}

/** The provider no longer has the credential, and it was not us who deleted it. */
const GONE: Observation = {
  state: 'failed',
  cause: 'permanent',
  providerStatus: 'NOT_FOUND',
  providerStatusAt: null,
};
