/** A new id of a delivery. Deliveries are listed by `number`, so it need not sort. */
export const NEW_ID = 'gen_random_uuid()';

const WANTS = (type: string, userId: string): string =>
  `(e.events = '{}' OR ${type} = ANY (e.events)) AND (e.user_id IS NULL OR e.user_id = ${userId})`;

/** Enabled endpoints of owners who may call that want an event. The names are of parameters. */
export function WANTING_ENDPOINTS({ type, userId }: { readonly type: string; readonly userId: string }): string {
  return `SELECT e.id FROM webhook_endpoints e LEFT JOIN clients c ON c.id = e.client_id
     WHERE e.disabled_at IS NULL AND c.revoked_at IS NULL AND ${WANTS(`${type}::text`, `${userId}::uuid`)}`;
}

/**
 * Such an endpoint is sent to now. An owner without a client came with an OIDC token, which nobody here can revoke: its
 * endpoints end with the trust in the issuer. The name is of a parameter: whether an issuer is trusted.
 */
export function SENDABLE(issuerTrusted: string): string {
  return `e.disabled_at IS NULL AND c.revoked_at IS NULL AND (e.client_id IS NOT NULL OR ${issuerTrusted}::boolean)`;
}

/** Kept events that an endpoint wants, of a time. The names are of parameters; the end is not included. */
export function WANTED_EVENTS(endpoint: string, from: string, to: string): string {
  return `SELECT v.id, v.seq, v.connection_id, v.created_at FROM outgoing_events v JOIN webhook_endpoints e ON e.id = ${endpoint}
     WHERE v.created_at >= ${from} AND v.created_at < ${to} AND ${WANTS('v.type', 'v.user_id')}`;
}
