import { Injectable } from '@nestjs/common';
import { Between, DataSource, type EntityManager, type FindOptionsWhere, LessThan } from 'typeorm';

import { decodeCursor, isUuid, toPage, type Page } from '../../platform/pagination/cursor.js';
import { receiptHash, type CompleteReceipt, type DeletionReceipt, type SubjectKind } from '../deletion-receipt.js';
import { DeletionReceiptEntity } from './deletion-receipt.entity.js';

export type PendingReceipt = Omit<DeletionReceipt, 'completedAt' | 'seq' | 'previousHash' | 'hash'>;
export type UnchainedReceipt = Omit<CompleteReceipt, 'seq' | 'previousHash' | 'hash'>;

export interface ChainHead {
  /** 0 = no receipt is complete, or the head is gone. */
  readonly seq: number;
  readonly hash: string;
}

export interface ReceiptFilter {
  readonly userId?: string | undefined;
  readonly subjectKind?: SubjectKind | undefined;
}

/** Receipts of deletions. A pending one may change; a complete one is held by the chain and by the database. */
@Injectable()
export class DeletionReceiptRepository {
  constructor(private readonly database: DataSource) {}

  async find(id: string): Promise<DeletionReceipt | null> {
    const row = await this.database.manager.findOneBy(DeletionReceiptEntity, { id });
    return row && toReceipt(row);
  }

  async ofSubject(subjectKind: SubjectKind, subjectId: string): Promise<DeletionReceipt | null> {
    const row = await this.database.manager.findOneBy(DeletionReceiptEntity, { subjectKind, subjectId });
    return row && toReceipt(row);
  }

  /** Ids of the receipts of a user's connections, oldest first. */
  async ofConnectionsOf(manager: EntityManager, userId: string): Promise<string[]> {
    const rows = await manager.find(DeletionReceiptEntity, {
      select: { id: true },
      where: { userId, subjectKind: 'connection' },
      order: { id: 'ASC' },
    });
    return rows.map(({ id }) => id);
  }

  /** Newest first. @throws Failure `request.invalid_cursor` */
  async page({ userId, subjectKind }: ReceiptFilter, limit: number, cursor?: string): Promise<Page<DeletionReceipt>> {
    const where: FindOptionsWhere<DeletionReceiptEntity> = {
      ...(userId === undefined ? {} : { userId }),
      ...(subjectKind === undefined ? {} : { subjectKind }),
      ...(cursor === undefined ? {} : { id: LessThan(decodeCursor(cursor, isUuid)) }),
    };
    const rows = await this.database.manager.find(DeletionReceiptEntity, {
      where,
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return toPage(rows, limit, ({ id }) => id, toReceipt);
  }

  /** The one that exists stays as it is. */
  async addPending(manager: EntityManager, receipt: PendingReceipt): Promise<void> {
    await manager
      .createQueryBuilder()
      .insert()
      .into(DeletionReceiptEntity)
      .values({ ...receipt, completedAt: null, seq: null, previousHash: null, hash: null })
      .orIgnore()
      .execute();
  }

  /**
   * The first answer counts: after a crash the provider says of its own work that the credential is gone already. A
   * credential that was deleted, or could not be, counts more than one that was not there.
   */
  async answered(subjectKind: SubjectKind, subjectId: string, answer: string, at: Date): Promise<void> {
    await this.database.query(
      `UPDATE deletion_receipts
          SET upstream_answer = $3, upstream_at = $4
        WHERE subject_kind = $1 AND subject_id = $2 AND completed_at IS NULL
          AND (upstream_answer IS NULL OR $3 LIKE 'failed:%'
            OR (upstream_answer IN ('already_gone', 'not_needed') AND $3 = 'deleted'))`,
      [subjectKind, subjectId, answer, at],
    );
  }

  /** What one of a user's providers answered; the first answer counts. */
  async providerAnswered(userId: string, provider: string, answer: string): Promise<void> {
    await this.database.query(
      `UPDATE deletion_receipts
          SET what = jsonb_set(what, '{providerUsers}',
            jsonb_build_object($2::text, $3::text) || coalesce(what -> 'providerUsers', '{}'))
        WHERE subject_kind = 'user' AND subject_id = $1 AND completed_at IS NULL`,
      [userId, provider, answer],
    );
  }

  /** Locks the row until the transaction ends. */
  async lock(manager: EntityManager, subjectKind: SubjectKind, subjectId: string): Promise<DeletionReceipt | null> {
    const where = { subjectKind, subjectId };
    const row = await manager.findOne(DeletionReceiptEntity, { where, lock: { mode: 'pessimistic_write' } });
    return row && toReceipt(row);
  }

  /** Appends to the chain; whoever else completes one waits until the transaction ends. The row must be locked. */
  async complete(manager: EntityManager, receipt: UnchainedReceipt): Promise<CompleteReceipt & { hash: string }> {
    const [head] = await manager.query<{ seq: string; hash: string }[]>(
      `SELECT seq, hash FROM deletion_chain WHERE is_head FOR UPDATE`,
    );
    if (!head) throw new TypeError('The chain of deletion receipts has no head.');
    const chained = { ...receipt, seq: Number(head.seq) + 1, previousHash: head.hash, hash: null };
    const hash = receiptHash(chained);
    const { id, seq, ...columns } = { ...chained, hash };
    await manager.update(DeletionReceiptEntity, { id }, { ...columns, seq: String(seq) });
    await manager.query(`UPDATE deletion_chain SET seq = $1, hash = $2`, [seq, hash]);
    return { ...chained, hash };
  }

  async head(): Promise<ChainHead> {
    const [head] = await this.database.query<{ seq: string; hash: string }[]>(`SELECT seq, hash FROM deletion_chain`);
    return head ? { seq: Number(head.seq), hash: head.hash } : { seq: 0, hash: '' };
  }

  /** In one statement, so that a receipt is not seen without the head that moved with it. By place, at most `limit`. */
  async beyondHead(limit: number): Promise<{ readonly id: string; readonly seq: number }[]> {
    const rows = await this.database.query<{ id: string; seq: string }[]>(
      `SELECT id, seq FROM deletion_receipts
        WHERE seq > coalesce((SELECT seq FROM deletion_chain), 0) ORDER BY seq LIMIT $1`,
      [limit],
    );
    return rows.map(({ id, seq }) => ({ id, seq: Number(seq) }));
  }

  /** Complete receipts by their place in the chain, both ends included. */
  async chained(from: number, to: number): Promise<DeletionReceipt[]> {
    const rows = await this.database.manager.find(DeletionReceiptEntity, {
      where: { seq: Between(String(from), String(to)) },
      order: { seq: 'ASC' },
    });
    return rows.map(toReceipt);
  }
}

function toReceipt(row: DeletionReceiptEntity): DeletionReceipt {
  const { id, subjectKind, subjectId, userId, provider, requestedAt, requestedBy, upstreamAnswer, upstreamAt } = row;
  const { what, completedAt, seq, previousHash, hash } = row;
  return {
    ...{ id, subjectKind, subjectId, userId, provider, requestedAt, requestedBy, upstreamAnswer, upstreamAt },
    ...{ what, completedAt, seq: seq === null ? null : Number(seq), previousHash, hash },
  };
}
