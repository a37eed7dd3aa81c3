import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, MoreThan } from 'typeorm';

import { decodeCursor, isUuid, toPage, type Page } from '../../platform/pagination/cursor.js';
import type { Sealed } from '../../platform/crypto/sealed.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import { AccountEntity } from './account.entity.js';
import { AccountMatchQuestionEntity } from './account-match-question.entity.js';

export type OpenQuestion = Readonly<AccountMatchQuestionEntity>;

const COLUMNS = { vendorSealed: 'vendor_sealed', ibanSealed: 'iban_sealed', numberSealed: 'number_sealed' } as const;
type Field = 'ibanSealed' | 'numberSealed';

/** Questions to a person: is this new account one of ours? */
@Injectable()
export class AccountMatchRepository {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /** Oldest first. @throws Failure `request.invalid_cursor` */
  async open(limit: number, cursor?: string): Promise<Page<OpenQuestion>> {
    const rows = await this.database.manager.find(AccountMatchQuestionEntity, {
      where: {
        resolvedAt: IsNull(),
        ...(cursor === undefined ? {} : { id: MoreThan(decodeCursor(cursor, isUuid)) }),
      },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    return toPage(
      rows,
      limit,
      ({ id }) => id,
      (row) => row,
    );
  }

  async find(id: string): Promise<OpenQuestion | null> {
    return this.database.manager.findOneBy(AccountMatchQuestionEntity, { id, resolvedAt: IsNull() });
  }

  /** One caller gets `true`. */
  async resolve(
    manager: EntityManager,
    id: string,
    { at, by, mergedInto }: { readonly at: Date; readonly by: string; readonly mergedInto: string | null },
  ): Promise<boolean> {
    const result = await manager.update(
      AccountMatchQuestionEntity,
      { id, resolvedAt: IsNull() },
      { resolvedAt: at, resolvedBy: by, mergedInto },
    );
    return result.affected === 1;
  }

  async account(manager: EntityManager, connectionId: string, id: string): Promise<AccountEntity | null> {
    return manager.findOneBy(AccountEntity, { id, connectionId });
  }

  /** The kept account takes what the bank calls it now; the other goes. Its transactions must have moved before. */
  async takeOver(manager: EntityManager, kept: AccountEntity, gone: AccountEntity): Promise<void> {
    const { id: _id, connectionId: _connection, userId: _user, firstSeenAt: _first, ...facts } = gone;
    await manager.query(`DELETE FROM holdings WHERE account_id = $1`, [kept.id]);
    await manager.query(`UPDATE holdings SET account_id = $2 WHERE account_id = $1`, [gone.id, kept.id]);
    await manager.delete(AccountEntity, { id: gone.id });
    const moved = (field: Field) => gone[field] && this.resealed(gone[field], COLUMNS[field], gone.id, kept.id);
    const sealed = { ibanSealed: moved('ibanSealed'), numberSealed: moved('numberSealed') };
    const vendorSealed = this.resealed(gone.vendorSealed, COLUMNS.vendorSealed, gone.id, kept.id);
    await manager.update(AccountEntity, { id: kept.id }, { ...facts, ...sealed, vendorSealed });
    await manager.query(
      `UPDATE account_match_questions SET candidates = array_replace(candidates, $1::uuid, $2::uuid)
        WHERE connection_id = $3 AND resolved_at IS NULL`,
      [gone.id, kept.id, kept.connectionId],
    );
  }

  /** A sealed value opens in its own row only. */
  private resealed(sealed: Sealed, field: string, from: string, to: string): Sealed {
    const opened = this.sealer.open(sealed, { table: 'accounts', row: from, field }, 'to move it to another account');
    return this.sealer.seal(opened, { table: 'accounts', row: to, field });
  }
}
