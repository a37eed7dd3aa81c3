import type { EntityManager } from 'typeorm';

import { Failure } from '../../platform/errors/failure.js';

/**
 * Keeps a user from being deleted until the transaction ends. First in a transaction, so that whoever deletes waits
 * for it and nobody waits in a circle.
 *
 * @param begins something new, which a deletion that was asked for forbids; without it only one that is done does.
 * @throws Failure `user.not_found`, `user.deleting`
 */
export async function holdUser(manager: EntityManager, userId: string, begins?: 'begins'): Promise<void> {
  const [user] = await manager.query<{ gone: boolean; leaving: boolean }[]>(
    `SELECT deleted_at IS NOT NULL AS gone, deletion_requested_at IS NOT NULL AS leaving
      FROM users WHERE id = $1 FOR SHARE`,
    [userId],
  );
  if (!user || user.gone) throw new Failure('user.not_found', { detail: 'The user was deleted meanwhile.' });
  if (begins && user.leaving) throw new Failure('user.deleting', { detail: 'This user is being deleted.' });
}
