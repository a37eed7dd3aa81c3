import { Global, Injectable, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { DeletionOwners } from '../access/user-tokens/owners.js';

@Injectable()
export class StoredDeletionOwners extends DeletionOwners {
  constructor(private readonly database: DataSource) {
    super();
  }

  override async ownerOf(id: string): Promise<string | null> {
    const [row] = await this.database.query<{ user_id: string }[]>(
      `SELECT user_id FROM deletion_receipts WHERE id = $1`,
      [id],
    );
    return row?.user_id ?? null;
  }
}

/** Global, because the guard that asks stands in front of every room. */
@Global()
@Module({
  providers: [{ provide: DeletionOwners, useClass: StoredDeletionOwners }],
  exports: [DeletionOwners],
})
export class DeletionOwnersModule {}
