import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';

import type { ProviderId } from '../../credentials/provider-id.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { SealedSecret } from '../../platform/crypto/sealed-secret.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import { Failure } from '../../platform/errors/failure.js';
import { Ids } from '../../platform/ids/ids.js';
import { ConnectionMapper } from './connection.mapper.js';
import { FormerCredentialEntity, type FormerReason } from './former-credential.entity.js';

/** A credential that must go at its provider. */
export interface FormerCredential {
  readonly id: string;
  readonly connectionId: string | null;
  readonly userId: string;
  readonly provider: ProviderId;
  readonly credentialId: SecretValue;
  readonly reason: FormerReason;
  readonly attempts: number;
}

export type NewFormerCredential = Omit<FormerCredential, 'id' | 'attempts'> & {
  readonly createdAt: Date;
  readonly dueAt: Date | null;
};

/** Credentials without a connection, until their providers have deleted them. */
@Injectable()
export class FormerCredentialRepository {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
    private readonly connections: ConnectionMapper,
    private readonly ids: Ids,
  ) {}

  /** Within the transaction that takes it from its connection; one that is known here already is left alone. */
  async add(manager: EntityManager, { credentialId, ...plain }: NewFormerCredential): Promise<void> {
    const id = this.ids.next();
    const row = {
      ...plain,
      ...{ id, leasedUntil: null, attempts: 0, lastFailure: null },
      credentialSealed: this.sealer.seal(credentialId, addressOf(id)),
      credentialLookup: this.connections.credentialLookup(plain.provider, credentialId),
    };
    await manager.createQueryBuilder().insert().into(FormerCredentialEntity).values(row).orIgnore().execute();
  }

  /** Without a change of a connection, e.g. for what a visit brought in vain. */
  async addAlone(former: NewFormerCredential): Promise<void> {
    await this.add(this.database.manager, former);
  }

  /** A connection takes it again. @throws Failure `credential.busy` while it is being deleted: its end comes first */
  async takeBack(manager: EntityManager, provider: ProviderId, credentialId: SecretValue, now: Date): Promise<void> {
    const credentialLookup = this.connections.credentialLookup(provider, credentialId);
    const row = await manager.findOne(FormerCredentialEntity, {
      where: { provider, credentialLookup },
      lock: { mode: 'pessimistic_write' },
    });
    if (!row) return;
    if (row.leasedUntil && row.leasedUntil > now) {
      throw new Failure('credential.busy', {
        detail: 'The provider is deleting what it had of this login. Try again in a moment.',
        retryAt: row.leasedUntil,
      });
    }
    await manager.delete(FormerCredentialEntity, { id: row.id });
  }

  /** The connection works without them. */
  async release(manager: EntityManager, connectionId: string, now: Date): Promise<void> {
    await manager.query(`UPDATE former_credentials SET due_at = $2 WHERE connection_id = $1 AND due_at IS NULL`, [
      connectionId,
      now,
    ]);
  }

  /** Takes credentials that are due, and hides them from other processes until `holdUntil`. */
  async claimDue(now: Date, holdUntil: Date, limit: number): Promise<FormerCredential[]> {
    const [rows] = await this.database.query<[{ id: string }[], number]>(
      `UPDATE former_credentials SET due_at = $2, leased_until = $2
        WHERE id IN (SELECT id FROM former_credentials WHERE due_at <= $1
                      ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING id`,
      [now, holdUntil, limit],
    );
    return this.opened(rows);
  }

  private async opened(rows: readonly { readonly id: string }[]): Promise<FormerCredential[]> {
    if (rows.length === 0) return [];
    const found = await this.database.manager.findBy(FormerCredentialEntity, { id: In(rows.map(({ id }) => id)) });
    return found.map(({ id, connectionId, userId, provider, reason, attempts, credentialSealed }) => {
      const credentialId = new SealedSecret(this.sealer, credentialSealed, addressOf(id));
      return { id, connectionId, userId, provider, reason, attempts, credentialId };
    });
  }

  /** Of one connection, due and not held by another process. */
  async claimOf(connectionId: string, now: Date, holdUntil: Date): Promise<FormerCredential | null> {
    const [rows] = await this.database.query<[{ id: string }[], number]>(
      `UPDATE former_credentials SET due_at = $3, leased_until = $3
        WHERE id IN (SELECT id FROM former_credentials
                      WHERE connection_id = $1 AND due_at <= $2 LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id`,
      [connectionId, now, holdUntil],
    );
    return (await this.opened(rows))[0] ?? null;
  }

  /** Why one of a connection is still there. `null` = none is. */
  async failureOf(connectionId: string): Promise<string | null> {
    const [row] = await this.database.query<{ failure: string }[]>(
      `SELECT coalesce(last_failure, 'credential.busy') AS failure FROM former_credentials
        WHERE connection_id = $1 ORDER BY created_at LIMIT 1`,
      [connectionId],
    );
    return row?.failure ?? null;
  }

  async removeOf(connectionId: string): Promise<number> {
    const { affected } = await this.database.manager.delete(FormerCredentialEntity, { connectionId });
    return affected ?? 0;
  }

  async remove(id: string): Promise<void> {
    await this.database.manager.delete(FormerCredentialEntity, { id });
  }

  async postpone(id: string, dueAt: Date, failure: string): Promise<void> {
    await this.database.query(
      `UPDATE former_credentials SET due_at = $2, leased_until = NULL, attempts = attempts + 1, last_failure = $3
        WHERE id = $1`,
      [id, dueAt, failure],
    );
  }
}

function addressOf(row: string) {
  return { table: 'former_credentials', row, field: 'credential_sealed' };
}
