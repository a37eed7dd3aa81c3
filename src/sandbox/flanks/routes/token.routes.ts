import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Fields } from '../body.js';
import { accessDenied, missing } from '../flanks-error.js';
import type { FlanksWorld } from '../flanks-world.js';

const NEEDED = ['client_id', 'client_secret', 'grant_type'];

/** The only grant. JSON, not a form. */
export function tokenRoutes(app: FastifyInstance, world: FlanksWorld): void {
  app.post('/v0/token', async (request) => {
    if (!isJson(request)) throw missing('old', NEEDED);
    const fields = Fields.of(request.body, 'old').require(...NEEDED);
    const { clientId, clientSecret } = world.options;
    const isKnown = fields.raw('client_id') === clientId && fields.raw('client_secret') === clientSecret;
    if (!isKnown || fields.raw('grant_type') !== 'client_credentials') throw accessDenied();
    const { tokenSeconds, singleActiveToken } = world.switches;
    const now = world.now();
    return {
      access_token: world.tokens.issue(now + tokenSeconds * 1000, now, singleActiveToken),
      expires_in: tokenSeconds,
      token_type: 'Bearer',
      scope: 'read write aggregation',
    };
  });
}

const isJson = ({ headers }: FastifyRequest): boolean =>
  (headers['content-type'] ?? '').toLowerCase().startsWith('application/json');
