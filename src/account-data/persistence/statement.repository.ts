import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

import type { StatementSummary } from '../../credentials/account-data.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import type { Sealed } from '../../platform/crypto/sealed.js';
import { SealedSecret } from '../../platform/crypto/sealed-secret.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import { Ids } from '../../platform/ids/ids.js';
import { isDay } from '../domain/day.js';
import { cleanText } from '../domain/text.js';
import { ReadingMapper } from './reading.mapper.js';
import { StatementEntity } from './statement.entity.js';

export interface ListedStatement {
  readonly id: string;
  readonly accountId: string | null;
  readonly name: string;
  readonly day: string | null;
}

/** A call that the provider has not finished. */
export interface OpenCall {
  readonly cursor: SecretValue;
  readonly retryAt: Date;
}

/** A deletion holds the connection's row: either it sees what is written here, or nothing is written. */
const live = (parameter: string): string =>
  `WITH live AS (SELECT id FROM connections WHERE id = ${parameter} AND deleted_at IS NULL FOR SHARE)`;

const COLUMNS = 'id uuid, vendor_sealed text, vendor_lookup text, account_lookup text, name text, day date';

/** Our ids of a vendor's statements, and the calls that are still open. */
@Injectable()
export class StatementRepository {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
    private readonly mapper: ReadingMapper,
    private readonly ids: Ids,
  ) {}

  /** Keeps the ids of those that are known. @returns them newest first. */
  async keep(connectionId: string, listed: readonly StatementSummary[]): Promise<ListedStatement[]> {
    const rows = new Map(listed.map((each) => [this.mapper.statementLookup(connectionId, each.vendorId), each]));
    const json = JSON.stringify([...rows].map(([lookup, each]) => this.row(connectionId, lookup, each)));
    await this.database.query(
      `${live('$2')}
        INSERT INTO statements (id, vendor_sealed, vendor_lookup, account_lookup, name, day, connection_id)
        SELECT t.*, live.id FROM live, json_to_recordset($1::json) AS t(${COLUMNS})
        ON CONFLICT (connection_id, vendor_lookup)
          DO UPDATE SET name = EXCLUDED.name, day = EXCLUDED.day, account_lookup = EXCLUDED.account_lookup
          WHERE (statements.name, statements.day, statements.account_lookup)
            IS DISTINCT FROM (EXCLUDED.name, EXCLUDED.day, EXCLUDED.account_lookup)`,
      [json, connectionId],
    );
    return this.database.query<ListedStatement[]>(
      `SELECT s.id, a.id AS "accountId", s.name, s.day::text AS day
        FROM statements s
        LEFT JOIN accounts a ON a.connection_id = s.connection_id AND a.vendor_lookup = s.account_lookup
        WHERE s.connection_id = $1 AND s.vendor_lookup = ANY($2::text[]) ORDER BY s.day DESC NULLS LAST, s.id DESC`,
      [connectionId, [...rows.keys()]],
    );
  }

  async find(connectionId: string, id: string): Promise<{ name: string; vendorId: SecretValue } | null> {
    const row = await this.database.manager.findOneBy(StatementEntity, { id, connectionId });
    return row && { name: row.name, vendorId: this.closed('statements', id, 'vendor_sealed', row.vendorSealed) };
  }

  /** @param subject `list`, or the id of a statement. */
  async openCall(connectionId: string, subject: string): Promise<OpenCall | null> {
    const [row] = await this.database.query<{ sealed: Sealed; retryAt: Date }[]>(
      `SELECT cursor_sealed AS sealed, retry_at AS "retryAt" FROM statement_calls
        WHERE connection_id = $1 AND subject = $2`,
      [connectionId, subject],
    );
    if (!row) return null;
    const cursor = this.closed('statement_calls', `${connectionId} ${subject}`, 'cursor_sealed', row.sealed);
    return { cursor, retryAt: row.retryAt };
  }

  async keepCall(connectionId: string, subject: string, { cursor, retryAt }: OpenCall): Promise<void> {
    const address = { table: 'statement_calls', row: `${connectionId} ${subject}`, field: 'cursor_sealed' };
    await this.database.query(
      `${live('$1')}
        INSERT INTO statement_calls (connection_id, subject, cursor_sealed, retry_at)
        SELECT live.id, $2, $3, $4::timestamptz FROM live
        ON CONFLICT (connection_id, subject)
          DO UPDATE SET cursor_sealed = EXCLUDED.cursor_sealed, retry_at = EXCLUDED.retry_at`,
      [connectionId, subject, this.sealer.seal(cursor, address), retryAt],
    );
  }

  async endCall(connectionId: string, subject: string): Promise<void> {
    await this.database.query(`DELETE FROM statement_calls WHERE connection_id = $1 AND subject = $2`, [
      connectionId,
      subject,
    ]);
  }

  private row(connectionId: string, lookup: string, { vendorId, accountVendorId, name, day }: StatementSummary) {
    const id = this.ids.next();
    return {
      id,
      vendor_sealed: this.sealer.seal(vendorId, { table: 'statements', row: id, field: 'vendor_sealed' }),
      vendor_lookup: lookup,
      account_lookup: this.mapper.accountLookup(connectionId, accountVendorId),
      name: cleanText(name),
      day: day !== null && isDay(day) ? day : null,
    };
  }

  private closed(table: string, row: string, field: string, sealed: Sealed): SealedSecret {
    return new SealedSecret(this.sealer, sealed, { table, row, field });
  }
}
