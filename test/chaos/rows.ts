import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 } from 'uuid';

import { MIGRATIONS } from '../../migrations/all.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import { ConnectionEntity } from '../../src/connections/persistence/connection.entity.js';
import { ConnectionEventEntity } from '../../src/connections/persistence/connection-event.entity.js';
import { ConnectionMapper } from '../../src/connections/persistence/connection.mapper.js';
import type { ProviderId } from '../../src/credentials/provider-id.js';
import { KeyRing } from '../../src/platform/crypto/key-ring.js';
import { LookupHash } from '../../src/platform/crypto/lookup-hash.js';
import { lookupKey } from '../../src/platform/crypto/lookup-key.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { Sealer } from '../../src/platform/crypto/sealer.js';
import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { credentialIdText } from '../../src/providers/flinks/flinks-credential-id.js';
import { ProviderUserEntity } from '../../src/users/persistence/provider-user.entity.js';
import { UserEntity } from '../../src/users/persistence/user.entity.js';
import type { ProviderName, Seeded } from './simulated/desk.js';

const CHUNK = 500;
/** Checks count millions of rows. */
const PATIENT = { size: 4, connectTimeoutMs: 10_000, statementTimeoutMs: 10 * 60_000 };

/** Writes connections as Mooring would have, sealed with its own code, without its API: thousands in a few seconds. */
export class Rows {
  private constructor(
    readonly database: DataSource,
    private readonly mapper: ConnectionMapper,
  ) {}

  /** @param keys `id:base64`, as `MOORING_ENCRYPTION_KEYS`. */
  static async open(url: string, keys: string): Promise<Rows> {
    Logger.overrideLogger(['warn', 'error']);
    const entities = [ConnectionEntity, ConnectionEventEntity, UserEntity, ProviderUserEntity];
    const options = dataSourceOptions(url, MIGRATIONS, PATIENT);
    const database = new DataSource({ ...options, entities, logging: false });
    await database.initialize();
    await database.runMigrations({ transaction: 'each' });
    const [id = '', key = ''] = keys.split(':');
    const sealer = new Sealer(new KeyRing([{ id, key: Buffer.from(key, 'base64') }]));
    return new Rows(database, new ConnectionMapper(sealer, new LookupHash(await lookupKey(database, sealer))));
  }

  /**
   * @param dueAt when each is synced for the first time.
   * @returns provider's ids by ours.
   */
  async connect(provider: ProviderName, seeded: readonly Seeded[], dueAt: Date): Promise<Map<string, string>> {
    const now = new Date();
    const connections = seeded.map((each) => ({ ...connectionOf(provider, each, now), nextSyncAt: dueAt }));
    const users = seeded.map(({ userId }) => ({
      ...{ id: userId, externalUserId: `chaos-${userId}`, market: 'SE', locale: null, createdAt: now },
      ...{ deletionRequestedAt: null, deletionDueAt: null, deletedAt: null },
    }));
    const known = seeded.map(({ userId }) => ({ userId, provider: 'tink', confirmed: true, createdAt: now }));
    for (let from = 0; from < seeded.length; from += CHUNK) {
      const { manager } = this.database;
      await manager.insert(UserEntity, users.slice(from, from + CHUNK));
      if (provider === 'tink') await manager.insert(ProviderUserEntity, known.slice(from, from + CHUNK));
      const some = connections.slice(from, from + CHUNK);
      await manager.insert(
        ConnectionEntity,
        some.map((each) => this.mapper.toRow(each)),
      );
      await manager.insert(ConnectionEventEntity, some.map(eventOf));
    }
    await this.query('ANALYZE connections');
    return new Map(connections.map(({ id }, index) => [id, seeded[index]?.credentialId ?? '']));
  }

  async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const rows: unknown = await this.database.query(sql, parameters);
    return rows as Row[];
  }

  /** Of a statement that gives one number. */
  async number(sql: string, parameters: unknown[] = []): Promise<number> {
    const [row] = await this.query<Record<string, string | number>>(sql, parameters);
    return Number(Object.values(row ?? {})[0] ?? 0);
  }

  async close(): Promise<void> {
    await this.database.destroy();
  }
}

function connectionOf(provider: ProviderName, seeded: Seeded, now: Date): Connection {
  const { userId, institutionId, institutionName, credentialId } = seeded;
  return {
    ...{ id: v7(), userId, externalUserId: `chaos-${userId}`, provider: provider as string as ProviderId },
    ...{ institutionId, institutionName, reference: null, sessionRef: null, fingerprint: null, challenge: null },
    credentialId:
      provider === 'flinks'
        ? credentialIdText({ kind: 'login', loginId: credentialId, institution: institutionId })
        : new Opened(credentialId),
    ...{ version: 1, fence: 0, state: 'active', cause: 'none', stateSince: now },
    ...{ providerStatus: 'NEW', providerStatusAt: null, consentExpiresAt: null, consentRenewableFrom: null },
    ...{ dataAsOf: null, degradedGroups: [], lastAttemptAt: null, lastSuccessAt: null, nextSyncAt: null },
    ...{ nextWatchAt: null, retryAt: null, consecutiveFailures: 0, wrongLoginCount: 0, syncPausedAt: null },
    ...{ createdAt: now, updatedAt: now, deletedAt: null },
  };
}

function eventOf({ id, createdAt }: Connection) {
  return {
    ...({
      connectionId: id,
      seq: 1,
      at: createdAt,
      providerAt: null,
      from: null,
      to: 'active',
      cause: 'none',
    } as const),
    ...({ trigger: 'admin', actor: 'chaos', requestId: null, evidence: {} } as const),
  };
}
