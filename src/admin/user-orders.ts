import { Injectable } from '@nestjs/common';

import { actorOf, type Caller } from '../access/caller.js';
import { AuditLog } from '../audit/audit-log.js';
import { DeletionReceipts } from '../connections/deletion-receipts.js';
import { PurgeUser } from '../erasure/purge-user.js';
import { Failure } from '../platform/errors/failure.js';
import { RequestContext } from '../platform/logging/request-context.js';
import { UserRepository } from '../users/persistence/user.repository.js';
import type { PurgeUserResponse } from './users.dto.js';

/** What operators do with a user. Each order is written down before it is carried out. */
@Injectable()
export class UserOrders {
  constructor(
    private readonly users: UserRepository,
    private readonly deletion: PurgeUser,
    private readonly receipts: DeletionReceipts,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Deletes here whatever the providers say. They are asked first; what they said stands in the receipt and in the
   * audit log. @throws Failure `request.invalid`, `user.not_found`, `user.deleting`
   */
  async purge(id: string, confirm: string, caller: Caller): Promise<PurgeUserResponse> {
    if (confirm !== id) {
      const violation = { pointer: '/confirm', message: 'confirm must be the id of the user' };
      throw new Failure('request.invalid', { violations: [violation] });
    }
    // One that is gone has its receipt.
    if (!(await this.receipts.of('user', id))) await this.users.get(id);
    await this.record('user.purge_ordered', id, caller);
    const { requestId } = RequestContext;
    const receiptId = await this.deletion.run(id, { trigger: 'admin', actor: actorOf(caller), requestId });
    const receipt = await this.receipts.of('user', id);
    const upstream = receipt?.upstreamAnswer ?? null;
    await this.record('user.purged', id, caller, { receiptId, upstream: upstream ?? 'not asked' });
    const providerUsers = receipt?.what['providerUsers'] as Record<string, string> | undefined;
    return { receiptId, upstream, providerUsers: providerUsers ?? {} };
  }

  private async record(action: string, id: string, caller: Caller, detail: Record<string, string> = {}) {
    const { requestId } = RequestContext;
    const entry = { actor: actorOf(caller), action, subject: `user:${id}`, detail };
    await this.audit.record(requestId === null ? entry : { ...entry, requestId });
  }
}
