import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In, LessThanOrEqual, MoreThan } from 'typeorm';

import type { SecretValue } from '../../credentials/secret-value.js';
import { LookupHash } from '../../platform/crypto/lookup-hash.js';
import { holdUser } from '../../users/persistence/hold-user.js';
import type { LinkEnd, LinkSession } from '../link-session.js';
import { LinkSessionEntity } from './link-session.entity.js';
import { LinkSessionMapper } from './link-session.mapper.js';

/** Hosted visits. Each is claimed once by its `state`. */
@Injectable()
export class LinkSessionRepository {
  constructor(
    private readonly database: DataSource,
    private readonly mapper: LinkSessionMapper,
    private readonly lookup: LookupHash,
  ) {}

  /** @throws Failure `user.not_found`, `user.deleting` */
  async insert(session: LinkSession, state: SecretValue): Promise<void> {
    await this.database.transaction(async (manager) => {
      await holdUser(manager, session.userId, 'begins');
      const row = { ...this.mapper.toRow(session), stateHash: this.stateHash(state) };
      await manager.insert(LinkSessionEntity, row);
    });
  }

  async find(id: string): Promise<LinkSession | null> {
    const row = await this.database.manager.findOneBy(LinkSessionEntity, { id });
    return row && this.mapper.toSession(row);
  }

  async findByState(provider: string, state: SecretValue): Promise<LinkSession | null> {
    const row = await this.database.manager.findOneBy(LinkSessionEntity, { stateHash: this.stateHash(state) });
    return row?.provider === provider ? this.mapper.toSession(row) : null;
  }

  /** One caller gets `true`: the visit is theirs to complete until `recoverAt`. */
  async claim(id: string, now: Date, recoverAt: Date): Promise<boolean> {
    const open = { id, status: 'open' as const, expiresAt: MoreThan(now) };
    const result = await this.database.manager.update(LinkSessionEntity, open, { status: 'completing', recoverAt });
    return result.affected === 1;
  }

  /** Gives a claimed visit back: the user may come with the same address again. */
  async reopen(id: string, recoverAt: Date | null): Promise<void> {
    await this.database.manager.update(LinkSessionEntity, { id, status: 'completing' }, { status: 'open', recoverAt });
  }

  /** Not ready yet: asked again at `recoverAt`. */
  async postpone(session: LinkSession, recoverAt: Date, handle: SecretValue | null): Promise<void> {
    const row = this.mapper.toRow({ ...session, handle });
    const changes = { status: 'completing' as const, recoverAt, handleSealed: row.handleSealed };
    await this.database.manager.update(
      LinkSessionEntity,
      { id: session.id, status: In(['open', 'completing']) },
      changes,
    );
  }

  /** A visit ends once; its secrets go. @returns false when it was over already. */
  async end(id: string, { status, connectionId, cause, problem }: LinkEnd, now: Date): Promise<boolean> {
    const over = { status, cause: cause ?? null, problem: problem ?? null, completedAt: now, recoverAt: null };
    const result = await this.database.manager.update(
      LinkSessionEntity,
      { id, status: In(['open', 'completing']) },
      { ...over, ...(connectionId === undefined ? {} : { connectionId }), stateSealed: null, handleSealed: null },
    );
    return result.affected === 1;
  }

  /** Takes visits that are due, and hides them from other processes until `holdUntil`. */
  async claimDue(now: Date, holdUntil: Date, limit: number): Promise<LinkSession[]> {
    const [rows] = await this.database.query<[{ id: string }[], number]>(
      `UPDATE link_sessions SET recover_at = $2
        WHERE id IN (SELECT id FROM link_sessions WHERE recover_at <= $1
                      ORDER BY recover_at LIMIT $3 FOR UPDATE SKIP LOCKED)
        RETURNING id`,
      [now, holdUntil, limit],
    );
    if (rows.length === 0) return [];
    const found = await this.database.manager.findBy(LinkSessionEntity, { id: In(rows.map(({ id }) => id)) });
    return found.map((row) => this.mapper.toSession(row));
  }

  async searchAgain(id: string, recoverAt: Date): Promise<void> {
    await this.database.manager.update(LinkSessionEntity, { id, status: In(['open', 'completing']) }, { recoverAt });
  }

  /** Is a visit of the user not over? A credential may come out of it, which somebody must delete. */
  async isVisiting(manager: EntityManager, userId: string): Promise<boolean> {
    return manager.existsBy(LinkSessionEntity, { userId, status: In(['open', 'completing']) });
  }

  async forgetUser(manager: EntityManager, userId: string): Promise<void> {
    await manager.delete(LinkSessionEntity, { userId });
  }

  /** Visits that ended long ago. @returns how many. */
  async prune(before: Date): Promise<number> {
    const result = await this.database.manager.delete(LinkSessionEntity, { completedAt: LessThanOrEqual(before) });
    return result.affected ?? 0;
  }

  private stateHash(state: SecretValue): string {
    return this.lookup.of('link-state', state.reveal('to hash it for the look-up'));
  }
}
