import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

import type { ConnectionState } from '../domain/connection-state.js';
import { NEEDS_ACTION } from './needs-action.js';

/** All are joined by "and". */
export interface ConnectionFilter {
  readonly userId?: string | undefined;
  readonly externalUserId?: string | undefined;
  readonly provider?: string | undefined;
  readonly institutionId?: string | undefined;
  readonly state?: ConnectionState | undefined;
  /** True: only those that wait for the user. */
  readonly needsAction?: boolean | undefined;
}

const EQUAL = ['userId', 'provider', 'institutionId', 'state'] as const;

/** Only those connections `c`. An external user id is looked up among the users, where it has an index. */
export function filterConnections<Entity extends ObjectLiteral>(
  query: SelectQueryBuilder<Entity>,
  filter: ConnectionFilter,
  now: Date,
): void {
  for (const name of EQUAL) {
    if (filter[name] !== undefined) query.andWhere(`c.${name} = :${name}`, { [name]: filter[name] });
  }
  const { externalUserId, needsAction } = filter;
  if (externalUserId !== undefined) {
    const ids = 'SELECT id FROM users WHERE external_user_id = :externalUserId AND deleted_at IS NULL';
    query.andWhere(`c.user_id IN (${ids})`, { externalUserId });
  }
  if (needsAction !== undefined) query.andWhere(needsAction ? NEEDS_ACTION : `NOT ${NEEDS_ACTION}`, { now });
}
