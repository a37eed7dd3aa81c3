export interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

const kind = (status: number, title: string): ProblemKind => ({ status, title });

/** Every code that a caller can see, with its HTTP status and title. The only place that knows HTTP statuses. */
export const PROBLEM_CATALOGUE = {
  'request.invalid': kind(400, 'The request is not valid'),
  'request.malformed_json': kind(400, 'The body is not JSON'),
  'request.malformed_url': kind(400, 'The address is not valid'),
  'request.malformed_http': kind(400, 'This is not HTTP'),
  'request.invalid_cursor': kind(400, 'The cursor is not valid'),
  'request.not_found': kind(404, 'There is nothing at this address'),
  'request.method_not_allowed': kind(405, 'This address does not know the method'),
  'request.timeout': kind(408, 'The request took too long to arrive'),
  'request.too_large': kind(413, 'The body is too large'),
  'request.uri_too_long': kind(414, 'The address is too long'),
  'request.unsupported_media_type': kind(415, 'The body must be JSON'),
  'request.headers_too_large': kind(431, 'The headers are too large'),

  'access.unauthenticated': kind(401, 'A valid key is needed'),
  'access.denied': kind(403, 'The key does not allow this'),

  'user.not_found': kind(404, 'No such user'),
  'user.duplicate': kind(409, 'The user exists already'),
  'user.deleting': kind(409, 'The user is being deleted'),
  'client.not_found': kind(404, 'No such client'),
  'client.last_admin': kind(409, 'The last admin client stays'),

  'connection.not_found': kind(404, 'No such connection'),
  'connection.duplicate': kind(409, 'Already connected'),
  'connection.create_in_progress': kind(409, 'This login is being connected'),
  'connection.busy': kind(409, 'The provider is still working on this connection'),
  'connection.different_login': kind(422, 'Another login than the connected one'),
  'connection.conflict': kind(409, 'The connection changed meanwhile'),
  'connection.deleting': kind(409, 'The connection is being deleted'),
  'connection.not_refreshable': kind(409, 'The connection cannot be refreshed now'),

  'deletion.not_found': kind(404, 'No such receipt'),
  'orphan.not_found': kind(404, 'No such orphan'),
  'orphan.resolved': kind(409, 'The orphan is dealt with already'),
  'orphan.in_use': kind(409, 'A connection has this credential now'),

  'credential.not_found': kind(404, 'The provider no longer knows this connection'),
  'credential.duplicate': kind(409, 'The provider has this login already'),
  'credential.invalid_login': kind(422, 'The bank refused the login'),
  'credential.invalid_input': kind(422, 'The provider refused a field'),
  'credential.not_refreshable': kind(409, 'The connection cannot be refreshed now'),
  'credential.busy': kind(409, 'The provider is still working on this connection'),

  'challenge.none': kind(409, 'The bank asks for nothing now'),
  'challenge.expired': kind(409, 'The time to answer is over'),
  'challenge.unknown_field': kind(422, 'The bank did not ask for this field'),
  'challenge.invalid_answer': kind(422, 'The answer does not fit the question'),
  'challenge.no_picture': kind(404, 'No code waits to be scanned'),

  'link.unknown': kind(404, 'No such visit'),
  'link.used': kind(409, 'This visit is over'),
  'link.expired': kind(410, 'The time for this visit is over'),
  'link.different_login': kind(422, 'Another login than the connected one'),
  'link.other_provider': kind(422, 'The connection is at another provider'),

  'account.not_found': kind(404, 'No such account'),
  'account_match.not_found': kind(404, 'No such open question'),
  'statement.not_found': kind(404, 'No such statement'),
  'data.not_ready': kind(503, 'The provider is still collecting'),

  'webhook.signature_mismatch': kind(412, 'The signature does not match'),
  'webhook.unauthenticated': kind(401, 'The signature does not match'),
  'webhook.malformed': kind(400, 'The webhook is not valid'),
  'webhook_endpoint.busy': kind(409, 'The endpoint is being registered'),
  'webhook_endpoint.not_found': kind(404, 'No such webhook endpoint'),
  'webhook_endpoint.refused_target': kind(422, 'The address is not allowed'),
  'webhook_endpoint.limit': kind(409, 'There are enough webhook endpoints'),
  'webhook_endpoint.disabled_by_operator': kind(409, 'The operator switched the endpoint off'),
  'webhook_endpoint.not_disabled_by_operator': kind(409, 'The operator did not switch the endpoint off'),
  'webhook_delivery.not_found': kind(404, 'No such delivery'),

  'idempotency.key_reused': kind(422, 'The key was used for another request'),
  'idempotency.in_progress': kind(409, 'The first request with this key is still running'),

  'login.guarded': kind(409, 'The bank refused this login too often'),
  'task.not_found': kind(404, 'No such task'),
  'queue.not_found': kind(404, 'No such queue'),
  'provider.disabled': kind(503, 'The provider is switched off'),

  'institution.unknown': kind(422, 'No such institution'),
  'institution.disabled': kind(422, 'The institution is switched off'),
  'provider.unknown': kind(422, 'No such provider'),

  'provider_user.not_found': kind(404, 'The provider does not know the user'),
  'provider_user.duplicate': kind(409, 'The provider has this user already'),
  'authorization.invalid_code': kind(422, 'The authorization code is not valid'),
  'authorization.invalid_scope': kind(422, 'The scope is not valid'),

  capability_unsupported: kind(422, 'The provider cannot do this'),
  'quota.exhausted': kind(429, 'The quota is used up'),

  'provider.unavailable': kind(503, 'The provider is unavailable'),
  'provider.timeout': kind(504, 'The provider did not answer in time'),
  'provider.aborted': kind(503, 'The call to the provider was stopped'),
  'provider.rate_limited': kind(429, 'The provider limits our calls'),
  'provider.bad_response': kind(502, 'The provider answered nonsense'),
  'provider.misconfigured': kind(502, 'The provider refused our configuration'),

  'service.unavailable': kind(503, 'Mooring cannot answer now'),
  internal: kind(500, 'Something went wrong inside Mooring'),
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEM_CATALOGUE;

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEM_CATALOGUE, code);
}
