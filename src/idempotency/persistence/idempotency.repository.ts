import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { SealAddress, Sealed } from '../../platform/crypto/sealed.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import type { Claim, KeptAnswer } from '../kept-answer.js';

export interface ClaimTimes {
  readonly now: Date;
  readonly leaseUntil: Date;
  readonly expiresAt: Date;
}

export interface KeptRow {
  readonly digest: string;
  /** `null` = the request is still running. */
  readonly answer: KeptAnswer | null;
}

interface Row {
  readonly request_digest: string;
  readonly state: 'running' | 'done';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body_sealed: Sealed | null;
}

/** One statement decides: the row is new, or was over, or the same request's process died. */
const CLAIM = `
  INSERT INTO idempotency_keys
    (key_hash, owner, caller, request_digest, state, lease_until, created_at, expires_at)
  VALUES ($1, $2, $3, $4, 'running', $5, $6, $7)
  ON CONFLICT (key_hash) DO UPDATE SET
    owner = excluded.owner, request_digest = excluded.request_digest, state = 'running',
    lease_until = excluded.lease_until, created_at = excluded.created_at, expires_at = excluded.expires_at,
    status = NULL, headers = NULL, body_sealed = NULL
  WHERE idempotency_keys.expires_at <= $6
     OR (idempotency_keys.state = 'running' AND idempotency_keys.lease_until <= $6
         AND idempotency_keys.request_digest = excluded.request_digest)
  RETURNING owner`;

/** Keyed requests and their answers. Bodies are sealed, as some of them hold keys and tokens. */
@Injectable()
export class IdempotencyRepository {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /** @returns false when another request has the key. */
  async claim({ keyHash, owner }: Claim, caller: string, digest: string, times: ClaimTimes): Promise<boolean> {
    const { now, leaseUntil, expiresAt } = times;
    const values = [keyHash, owner, caller, digest, leaseUntil, now, expiresAt];
    return (await this.database.query<object[]>(CLAIM, values)).length === 1;
  }

  async find(keyHash: string): Promise<KeptRow | null> {
    const [row] = await this.database.query<Row[]>(
      `SELECT request_digest, state, status, headers, body_sealed FROM idempotency_keys WHERE key_hash = $1`,
      [keyHash],
    );
    if (!row) return null;
    const { status, headers, body_sealed: sealed } = row;
    const body = sealed && this.sealer.open(sealed, bodyAddress(keyHash), 'to answer the same again');
    return { digest: row.request_digest, answer: row.state === 'done' ? { status, headers, body } : null };
  }

  async finish({ keyHash, owner }: Claim, { status, headers, body }: KeptAnswer): Promise<void> {
    const sealed = body && this.sealer.seal(body, bodyAddress(keyHash));
    await this.database.query(
      `UPDATE idempotency_keys SET state = 'done', status = $3, headers = $4, body_sealed = $5
        WHERE key_hash = $1 AND owner = $2 AND state = 'running'`,
      [keyHash, owner, status, JSON.stringify(headers), sealed],
    );
  }

  async release({ keyHash, owner }: Claim): Promise<void> {
    await this.database.query(`DELETE FROM idempotency_keys WHERE key_hash = $1 AND owner = $2 AND state = 'running'`, [
      keyHash,
      owner,
    ]);
  }

  /** @returns how many of those that are over went, at most `limit`. */
  async prune(now: Date, limit: number): Promise<number> {
    const [, count] = await this.database.query<[object[], number]>(
      `DELETE FROM idempotency_keys
        WHERE key_hash IN (SELECT key_hash FROM idempotency_keys WHERE expires_at <= $1 LIMIT $2)`,
      [now, limit],
    );
    return count;
  }
}

function bodyAddress(keyHash: string): SealAddress {
  return { table: 'idempotency_keys', row: keyHash, field: 'body_sealed' };
}
