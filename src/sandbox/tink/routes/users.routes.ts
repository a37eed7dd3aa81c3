import type { FastifyInstance } from 'fastify';
import { objectOf, optionalText, requiredText } from '../body.js';
import { MARKETS, currencyOf } from '../data/providers.js';
import { TinkError, badRequest, notFound } from '../tink-error.js';
import { type TinkUser, type TinkWorld, newId } from '../tink-world.js';
import { authorizeClient, authorizeUser } from './authorize.js';

const LOCALE = /^[a-z]{2}_[A-Z]{2}$/;

export function userRoutes(app: FastifyInstance, world: TinkWorld): void {
  app.post('/api/v1/user/create', async (request) => {
    authorizeClient(world, request, 'user:create');
    const body = objectOf(request.body);
    const market = requiredText(body, 'market');
    if (!MARKETS.includes(market)) throw badRequest(`Invalid market: ${market.slice(0, 20)}`);
    const locale = optionalText(body, 'locale') ?? 'en_US';
    if (!LOCALE.test(locale)) throw badRequest(`Invalid locale: ${locale.slice(0, 20)}`);
    const externalUserId = optionalText(body, 'external_user_id');
    if (externalUserId !== null && world.findUser({ externalUserId })) {
      throw new TinkError(409, 'User already exists', 'user.user_with_external_user_id_already_exists');
    }
    const user: TinkUser = { id: newId(), externalUserId, market, locale, created: world.now() };
    world.users.set(user.id, user);
    return { user_id: user.id, ...(externalUserId !== null && { external_user_id: externalUserId }) };
  });

  app.post('/api/v1/user/delete', async (request, reply) => {
    const { userId } = authorizeUser(world, request, 'user:delete');
    world.deleteUser(userId);
    return reply.code(204).send();
  });

  app.get('/api/v1/user', async (request) => {
    const { userId } = authorizeUser(world, request, 'user:read');
    const user = world.findUser({ id: userId });
    if (!user) throw notFound('User');
    return userView(user, world.options.clientId);
  });
}

function userView(user: TinkUser, appId: string): Record<string, unknown> {
  return {
    id: user.id,
    appId,
    created: user.created,
    externalUserId: user.externalUserId,
    flags: [],
    nationalId: null,
    username: null,
    profile: {
      currency: currencyOf(user.market),
      locale: user.locale,
      market: user.market,
      timeZone: 'Europe/Stockholm',
      periodMode: 'MONTHLY_ADJUSTED',
      periodAdjustedDay: 25,
      notificationSettings: {},
    },
  };
}
