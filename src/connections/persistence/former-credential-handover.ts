import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { Failure } from '../../platform/errors/failure.js';

/** What must be settled in the transaction that puts another credential behind a connection. */
@Injectable()
export class CredentialHandover {
  /** The row must be locked. @throws Failure `connection.create_in_progress` */
  async settle(manager: EntityManager, connectionId: string, fingerprint: string | null): Promise<void> {
    // Whoever works on the credential of before has no say any more: their fence is old.
    await manager.query(
      `UPDATE connections SET fence = fence + 1, lease_until = NULL, lease_owner = NULL WHERE id = $1`,
      [connectionId],
    );
    if (fingerprint === null) return;
    const creations = await manager.query<unknown[]>(`SELECT 1 FROM connection_creations WHERE fingerprint = $1`, [
      fingerprint,
    ]);
    if (creations.length === 0) return;
    throw new Failure('connection.create_in_progress', { detail: 'The same login is being connected right now.' });
  }
}
