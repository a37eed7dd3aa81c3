import { Global, Injectable, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { TokenSubjects, type SubjectStanding } from '../access/user-tokens/token-subjects.js';

@Injectable()
export class StoredTokenSubjects extends TokenSubjects {
  constructor(private readonly database: DataSource) {
    super();
  }

  override async standingOf(userId: string): Promise<SubjectStanding> {
    const [row] = await this.database.query<{ leaving: boolean }[]>(
      `SELECT deletion_requested_at IS NOT NULL AS leaving FROM users WHERE id = $1 AND deleted_at IS NULL`,
      [userId],
    );
    if (!row) return 'unknown';
    return row.leaving ? 'leaving' : 'live';
  }
}

/** Global, because whoever checks a token stands in front of every room. */
@Global()
@Module({
  providers: [{ provide: TokenSubjects, useClass: StoredTokenSubjects }],
  exports: [TokenSubjects],
})
export class TokenSubjectsModule {}
