import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, LessThan } from 'typeorm';

import { Ids } from '../../platform/ids/ids.js';
import { RequestContext } from '../../platform/logging/request-context.js';
import { decodeCursor, isUuid, toPage, type Page } from '../../platform/pagination/cursor.js';
import { Clock } from '../../platform/time/clock.js';
import { AuditLog, type AuditEntry } from '../audit-log.js';
import { AuditEntryEntity } from './audit-entry.entity.js';

export type RecordedEntry = Readonly<AuditEntryEntity>;

@Injectable()
export class AuditRepository extends AuditLog {
  constructor(
    private readonly database: DataSource,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async record(
    { actor, action, subject, requestId, detail }: AuditEntry,
    manager: EntityManager = this.database.manager,
  ): Promise<void> {
    await manager.insert(AuditEntryEntity, {
      id: this.ids.next(),
      at: this.clock.now(),
      actor,
      action,
      subject,
      requestId: requestId ?? RequestContext.requestId,
      detail: detail ?? {},
    });
  }

  /** Newest first. @throws Failure `request.invalid_cursor` */
  async page(limit: number, cursor?: string): Promise<Page<RecordedEntry>> {
    const rows = await this.database.manager.find(AuditEntryEntity, {
      ...(cursor === undefined ? {} : { where: { id: LessThan(decodeCursor(cursor, isUuid)) } }),
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return toPage(
      rows,
      limit,
      ({ id }) => id,
      (row) => row,
    );
  }
}
