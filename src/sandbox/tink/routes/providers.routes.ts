import type { FastifyInstance } from 'fastify';
import { type Json, queryList } from '../../simulator/json.js';
import { queryFlag } from '../body.js';
import { type DemoProvider, MARKETS, PROVIDERS, providerView } from '../data/providers.js';
import { badRequest, notFound } from '../tink-error.js';
import type { TinkWorld } from '../tink-world.js';
import { authorize, authorizeUser } from './authorize.js';

interface Call {
  Params: { market: string };
  Querystring: Record<string, unknown>;
}

export function providerRoutes(app: FastifyInstance, world: TinkWorld): void {
  app.get('/api/v1/providers/markets', async () => ({ markets: [...MARKETS].sort() }));

  app.get<Call>('/api/v1/providers', async (request) => {
    const { userId } = authorizeUser(world, request, 'credentials:read');
    const market = world.findUser({ id: userId })?.market ?? '';
    const [name] = queryList(request.query, 'name');
    if (name !== undefined && !PROVIDERS.has(name)) throw notFound('Provider');
    return listing(name === undefined ? { market } : { name }, request.query);
  });

  // Public; a token is not needed, but a bad one is refused.
  app.get<Call>('/api/v1/providers/:market', async (request) => {
    if (request.headers.authorization !== undefined) authorize(world, request, 'providers:read');
    const { market } = request.params;
    if (!MARKETS.includes(market)) throw badRequest('Unsupported market');
    return listing({ market }, request.query);
  });
}

function listing(which: { market: string } | { name: string }, query: Json): { providers: Record<string, unknown>[] } {
  const wanted = (provider: DemoProvider): boolean =>
    'name' in which ? provider.name === which.name : provider.market === which.market && isListed(provider, query);
  const providers = [...PROVIDERS.values()].filter(wanted).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { providers: providers.map(providerView) };
}

/** The demo banks are what a sandbox app sees; the older test providers only on request. */
function isListed(provider: DemoProvider, query: Json): boolean {
  const [capability] = queryList(query, 'capability');
  if (capability !== undefined && !provider.capabilities.includes(capability)) return false;
  return provider.test ? queryFlag(query, 'includeTestProviders') : !queryFlag(query, 'excludeNonTestProviders');
}
