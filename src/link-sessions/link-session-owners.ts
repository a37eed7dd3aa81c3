import { Global, Injectable, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { LinkSessionOwners } from '../access/user-tokens/owners.js';

@Injectable()
export class StoredLinkSessionOwners extends LinkSessionOwners {
  constructor(private readonly database: DataSource) {
    super();
  }

  override async ownerOf(id: string): Promise<string | null> {
    const [row] = await this.database.query<{ user_id: string }[]>(`SELECT user_id FROM link_sessions WHERE id = $1`, [
      id,
    ]);
    return row?.user_id ?? null;
  }
}

/** Global, because the guard that asks stands in front of every room. */
@Global()
@Module({
  providers: [{ provide: LinkSessionOwners, useClass: StoredLinkSessionOwners }],
  exports: [LinkSessionOwners],
})
export class LinkSessionOwnersModule {}
