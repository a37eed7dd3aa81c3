/**
 * How a route is tied to one user.
 * - `connection`, `linkSession`, `deletion`, `user`: the id in the path must belong to the user, or be the user's
 * - `query`: the list is filtered to the user, whatever was asked for · `body`: `userId` must be the user's
 * - `nobody`: the answer tells of no user
 */
export type UserBinding = 'connection' | 'linkSession' | 'deletion' | 'user' | 'query' | 'body' | 'nobody';

/**
 * All that a user token can reach, by method and route. What is not here is closed to user tokens. In a path the id is
 * `:id`; whoever adds a line makes sure that the handler looks at nothing outside of what that id names.
 */
const ROUTES: Readonly<Record<string, UserBinding>> = {
  'GET /v1/connections': 'query',
  'POST /v1/connections': 'body',
  'GET /v1/connections/:id': 'connection',
  'DELETE /v1/connections/:id': 'connection',
  'PUT /v1/connections/:id/login': 'connection',
  'POST /v1/connections/:id/refresh': 'connection',
  'POST /v1/connections/:id/authenticate': 'connection',
  'POST /v1/connections/:id/supplemental-information': 'connection',
  'POST /v1/connections/:id/pause': 'connection',
  'POST /v1/connections/:id/resume': 'connection',
  'GET /v1/connections/:id/qr': 'connection',
  'GET /v1/connections/:id/events': 'connection',
  'GET /v1/connections/:id/explain': 'connection',
  'GET /v1/connections/:id/accounts': 'connection',
  'GET /v1/connections/:id/transactions': 'connection',
  'GET /v1/connections/:id/holdings': 'connection',
  'GET /v1/connections/:id/statements': 'connection',
  'GET /v1/connections/:id/statements/:statementId': 'connection',
  // A connection named in the body is checked against `userId` by the use case.
  'POST /v1/link-sessions': 'body',
  'GET /v1/link-sessions/:id': 'linkSession',
  'GET /v1/deletions': 'query',
  'GET /v1/deletions/:id': 'deletion',
  'GET /v1/users/:id': 'user',
  'DELETE /v1/users/:id': 'user',
  'POST /v1/users/:id/authorization-grants': 'user',
  'GET /v1/providers': 'nobody',
  'GET /v1/providers/:provider/institutions': 'nobody',
};

/** Every line, for the tests. */
export const USER_BOUND_ROUTES: readonly (readonly [string, UserBinding])[] = Object.entries(ROUTES);

const BINDINGS: ReadonlyMap<string, UserBinding> = new Map(USER_BOUND_ROUTES);

/** @param template of the route, e.g. `/v1/users/:id`. @returns undefined = closed to user tokens. */
export function userBindingOf(method: string, template: string | undefined): UserBinding | undefined {
  return BINDINGS.get(`${method === 'HEAD' ? 'GET' : method} ${template ?? ''}`);
}
