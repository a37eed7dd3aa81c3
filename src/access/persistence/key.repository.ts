import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { KeyRecords, type KeyRecord } from '../key-records.js';
import { isScope } from '../scope.js';

interface Row {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly secret_hash: Buffer;
}

const LIVE_KEY = `
  SELECT c.id, c.name, c.scopes, k.secret_hash FROM client_keys k JOIN clients c ON c.id = k.client_id
   WHERE k.key_id = $1 AND k.revoked_at IS NULL AND c.revoked_at IS NULL`;

@Injectable()
export class KeyRepository extends KeyRecords {
  constructor(private readonly database: DataSource) {
    super();
  }

  override async find(keyId: string): Promise<KeyRecord | null> {
    const [row] = await this.database.query<Row[]>(LIVE_KEY, [keyId]);
    if (!row) return null;
    const { id, name, scopes } = row;
    return {
      caller: { kind: 'client', clientId: id, name, scopes: new Set(scopes.filter(isScope)) },
      secretHash: row.secret_hash,
    };
  }
}
