/** Of a connection `c` at `:now`: the same as `nextAction(...).by === 'user'`. Never null. */
export const NEEDS_ACTION = `coalesce(c.state IN ('awaiting_user', 'reauth_required', 'blocked', 'failed')
  OR (c.state = 'active' AND (c.consent_renewable_from <= :now OR c.consent_expires_at <= :now)), false)`;
