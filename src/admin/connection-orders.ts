import { Injectable } from '@nestjs/common';

import { actorOf, type Caller } from '../access/caller.js';
import { AuditLog } from '../audit/audit-log.js';
import { DeleteConnection } from '../connections/delete-connection.js';
import { DeletionReceipts } from '../connections/deletion-receipts.js';
import type { Origin } from '../connections/origin.js';
import { PauseConnection } from '../connections/pause-connection.js';
import { ReadConnections } from '../connections/read-connections.js';
import { RefreshConnection } from '../connections/refresh-connection.js';
import { Failure } from '../platform/errors/failure.js';
import { RequestContext } from '../platform/logging/request-context.js';
import type { PurgeResponse } from './connections.dto.js';

/** What operators do with a connection. Each order is written down before it is carried out. */
@Injectable()
export class ConnectionOrders {
  constructor(
    private readonly read: ReadConnections,
    private readonly refreshing: RefreshConnection,
    private readonly pauses: PauseConnection,
    private readonly deletion: DeleteConnection,
    private readonly receipts: DeletionReceipts,
    private readonly audit: AuditLog,
  ) {}

  /** Without the user, within the quota. @throws Failure as `RefreshConnection.run` */
  async refresh(id: string, caller: Caller): Promise<void> {
    await this.read.stored(id);
    await this.record('connection.refresh_ordered', id, caller);
    await this.refreshing.run(id, { userPresent: false }, originOf(caller));
  }

  /** @throws Failure `connection.not_found` */
  async pause(id: string, paused: boolean, caller: Caller): Promise<void> {
    if (paused) await this.pauses.pause(id, actorOf(caller));
    else await this.pauses.resume(id, actorOf(caller));
  }

  /**
   * Deletes here whatever the provider says. The provider is asked first; what it said stands in the event, in the
   * receipt and in the audit log. @throws Failure `request.invalid`, `connection.not_found`
   */
  async purge(id: string, confirm: string, caller: Caller): Promise<PurgeResponse> {
    if (confirm !== id) {
      const violation = { pointer: '/confirm', message: 'confirm must be the id of the connection' };
      throw new Failure('request.invalid', { violations: [violation] });
    }
    // One that is gone has its receipt.
    if (!(await this.receipts.of('connection', id))) await this.read.stored(id);
    await this.record('connection.purge_ordered', id, caller);
    const { receiptId } = await this.deletion.purge(id, originOf(caller));
    const upstream = (await this.receipts.of('connection', id))?.upstreamAnswer ?? null;
    await this.record('connection.purged', id, caller, { receiptId, upstream: upstream ?? 'not asked' });
    return { receiptId, upstream };
  }

  private async record(action: string, id: string, caller: Caller, detail: Record<string, string> = {}) {
    const { requestId } = RequestContext;
    const entry = { actor: actorOf(caller), action, subject: `connection:${id}`, detail };
    await this.audit.record(requestId === null ? entry : { ...entry, requestId });
  }
}

function originOf(caller: Caller): Origin {
  return { trigger: 'admin', actor: actorOf(caller), requestId: RequestContext.requestId };
}
