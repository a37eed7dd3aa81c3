import type { FastifyInstance } from 'fastify';
import { queryList } from '../../simulator/json.js';
import { objectOf, requiredText } from '../body.js';
import type { CredentialsDesk } from '../credentials-desk.js';
import { type ConsentView, consentOf } from '../credentials-view.js';
import { PROVIDERS } from '../data/providers.js';
import type { Credential } from '../machine/credential.js';
import type { TinkWorld } from '../tink-world.js';
import { authorizeUser } from './authorize.js';

interface Listing {
  Querystring: Record<string, unknown>;
}

export function consentRoutes(app: FastifyInstance, world: TinkWorld, desk: CredentialsDesk): void {
  app.get<Listing>('/api/v1/provider-consents', async (request) => {
    const { userId } = authorizeUser(world, request, 'provider-consents:read');
    const [wanted] = queryList(request.query, 'credentialsId');
    const credentials = world.credentialsOf(userId).filter(({ id }) => wanted === undefined || id === wanted);
    return { providerConsents: credentials.map((credential) => view(world, credential)) };
  });

  // The doubled colon is the router's way to write one.
  app.post('/api/v1/provider-consents::extend', async (request) => {
    const { userId } = authorizeUser(world, request, 'provider-consents:write');
    return view(world, desk.extend(userId, requiredText(objectOf(request.body), 'credentialsId')));
  });
}

function view(world: TinkWorld, credential: Credential): ConsentView {
  const provider = PROVIDERS.get(credential.providerName);
  const accountIds = world.accountsOf(credential).map(({ id }) => id);
  return consentOf(credential, accountIds, provider?.extendable ?? false);
}
