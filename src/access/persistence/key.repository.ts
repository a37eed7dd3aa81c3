import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { ClientCaller } from '../caller.js';
import { isScope } from '../scope.js';

/** A live key: whose it is, and how to prove it. */
export interface KeyRecord {
  readonly caller: ClientCaller;
  readonly secretHash: Buffer;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly secret_hash: Buffer;
}

const LIVE_KEY = `
  SELECT c.id, c.name, c.scopes, k.secret_hash FROM client_keys k JOIN clients c ON c.id = k.client_id
   WHERE k.key_id = $1 AND k.revoked_at IS NULL AND c.revoked_at IS NULL`;

/** The one query of the request path. It only reads. */
@Injectable()
export class KeyRepository {
  constructor(private readonly database: DataSource) {}

  /** @returns null when there is no such key or it or its client is revoked. */
  async find(keyId: string): Promise<KeyRecord | null> {
    const [row] = await this.database.query<Row[]>(LIVE_KEY, [keyId]);
    if (!row) return null;
    const { id, name, scopes } = row;
    return {
      caller: { kind: 'client', clientId: id, name, scopes: new Set(scopes.filter(isScope)) },
      secretHash: row.secret_hash,
    };
  }
}
