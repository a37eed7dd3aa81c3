import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { Sealed } from '../../../platform/crypto/sealed.js';
import type { NewWebhook, TakenWebhooks, WrittenWebhook } from '../inbox-webhook.js';

/** The same bytes within this time are the same webhook, sent again. */
const SAME_WITHIN = '10 minutes';

type TakenRow = Omit<TakenWebhooks, 'lead'> & { readonly leadId: string; readonly leadBodySealed: Sealed };

/**
 * The durable inbox. The status of a row:
 * - `received`: waits for its job.
 * - `processed`: the provider was read after it came.
 * - `collapsed`: another one of the same subject stood for it.
 * - `unmatched`: nobody here has this credential; tried once more at `retry_at`.
 * - `ignored`: it concerns nobody here.
 * - `malformed`: the vendor signed it and we cannot read it.
 */
@Injectable()
export class InboxRepository {
  constructor(private readonly database: DataSource) {}

  /**
   * Writes those that are new, in one statement. Where something of their subject waits already, it goes on waiting
   * until the transaction ends, so that its job finds them too.
   */
  async insert(manager: EntityManager, webhooks: readonly NewWebhook[]): Promise<readonly WrittenWebhook[]> {
    return manager.query<WrittenWebhook[]>(INSERT, [JSON.stringify(webhooks)]);
  }

  /**
   * The oldest that wait. Those that are being written at this moment are found by the next look: what they rely on
   * cannot be concluded before.
   * @returns `null` when none waits.
   */
  async take(provider: string, subject: string, limit: number): Promise<TakenWebhooks | null> {
    const [row] = await this.database.query<TakenRow[]>(TAKE, [provider, subject, limit]);
    if (!row) return null;
    const { leadId, leadBodySealed, ...taken } = row;
    return { ...taken, lead: { id: leadId, bodySealed: leadBodySealed } };
  }

  /** The provider was read. Bodies have served. @param knownAt what we knew before; older hints are marked late. */
  async conclude(manager: EntityManager, taken: TakenWebhooks, now: Date, knownAt: Date | null): Promise<void> {
    await manager.query(
      `UPDATE webhook_inbox
          SET status = CASE WHEN id = $2 THEN 'processed' ELSE 'collapsed' END,
              late = coalesce(hint_at < $4, false), processed_at = $3, body_sealed = NULL
        WHERE id = ANY ($1) AND status = 'received'`,
      [taken.ids, taken.lead.id, now, knownAt],
    );
  }

  /** They concern nobody here: tried again at `retryAt` the first time, given up the second time. */
  async concernNobody(taken: TakenWebhooks, now: Date, retryAt: Date): Promise<void> {
    await this.database.query(
      `UPDATE webhook_inbox
          SET status = CASE WHEN retries = 0 THEN 'unmatched' ELSE 'ignored' END,
              retry_at = CASE WHEN retries = 0 THEN $3::timestamptz END,
              processed_at = CASE WHEN retries = 0 THEN NULL ELSE $2::timestamptz END,
              body_sealed = CASE WHEN retries = 0 THEN body_sealed END
        WHERE id = ANY ($1) AND status = 'received'`,
      [taken.ids, now, retryAt],
    );
  }
}

/**
 * `waiting` holds one row of each subject. A locking read sees the newest version of a row, not that of the snapshot:
 * what was concluded meanwhile does not count, and what is being concluded is left out. Nobody waits for anybody here.
 */
const INSERT = `
  WITH incoming AS (
    SELECT DISTINCT ON (provider, digest) *
      FROM json_to_recordset($1::json) AS w (id uuid, provider text, digest text, subject text, "bodySealed" text,
        status text, "dataChanged" boolean, "hintAt" timestamptz, "sentAt" timestamptz, "receivedAt" timestamptz)
     ORDER BY provider, digest, id
  ), waiting AS MATERIALIZED (
    SELECT held.provider, held.subject
      FROM (SELECT DISTINCT provider, subject FROM incoming WHERE status = 'received') AS wanted
     CROSS JOIN LATERAL (
       SELECT provider, subject FROM webhook_inbox AS older
        WHERE older.provider = wanted.provider AND older.subject = wanted.subject AND older.status = 'received'
        ORDER BY older.id LIMIT 1 FOR SHARE SKIP LOCKED) AS held
  ), written AS (
    INSERT INTO webhook_inbox (id, provider, digest, subject, body_sealed, status, data_changed, hint_at, sent_at,
        received_at, processed_at)
    SELECT id, provider, digest, subject, "bodySealed", status, "dataChanged", "hintAt", "sentAt", "receivedAt",
        CASE WHEN status = 'received' THEN NULL ELSE "receivedAt" END
      FROM incoming
     WHERE NOT EXISTS (
       SELECT 1 FROM webhook_inbox AS known
        WHERE known.digest = incoming.digest AND known.provider = incoming.provider
          AND (known.received_at > incoming."receivedAt" - interval '${SAME_WITHIN}'
               OR known.status IN ('received', 'unmatched'))
          -- Signed after the first had been dealt with: it happened again.
          AND (incoming."sentAt" IS NULL OR known.processed_at IS NULL OR incoming."sentAt" <= known.processed_at))
    ON CONFLICT (provider, digest) WHERE status IN ('received', 'unmatched') DO NOTHING
    RETURNING id, provider, subject, status
  )
  SELECT id, provider, subject, status = 'received' AND NOT EXISTS (
      SELECT 1 FROM waiting WHERE waiting.provider = written.provider AND waiting.subject = written.subject
    ) AS "needsJob"
    FROM written ORDER BY provider, subject`;

const TAKE = `
  SELECT waiting.*, lead.id AS "leadId", lead.body_sealed AS "leadBodySealed"
    FROM (SELECT array_agg(id::text ORDER BY id) AS ids, bool_or(data_changed) AS "dataChanged",
              max(hint_at) AS "newestHintAt", min(received_at) AS "oldestReceivedAt",
              max(received_at) AS "newestReceivedAt"
            FROM (SELECT id, data_changed, hint_at, received_at FROM webhook_inbox
                   WHERE provider = $1 AND subject = $2 AND status = 'received' ORDER BY id LIMIT $3) AS oldest
         ) AS waiting
    JOIN webhook_inbox AS lead ON lead.id = waiting.ids[cardinality(waiting.ids)]::uuid`;
