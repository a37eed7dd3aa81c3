import { Global, Injectable, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { ConnectionOwners } from '../access/user-tokens/owners.js';

@Injectable()
export class StoredConnectionOwners extends ConnectionOwners {
  constructor(private readonly database: DataSource) {
    super();
  }

  override async ownerOf(id: string): Promise<string | null> {
    const [row] = await this.database.query<{ user_id: string }[]>(`SELECT user_id FROM connections WHERE id = $1`, [
      id,
    ]);
    return row?.user_id ?? null;
  }
}

/** Global, because the guard that asks stands in front of every room. */
@Global()
@Module({
  providers: [{ provide: ConnectionOwners, useClass: StoredConnectionOwners }],
  exports: [ConnectionOwners],
})
export class ConnectionOwnersModule {}
