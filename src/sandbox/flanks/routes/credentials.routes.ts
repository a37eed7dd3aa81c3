import type { FastifyInstance } from 'fastify';
import { BANKS } from '../bank/banks.js';
import { Fields } from '../body.js';
import { listWord, statusOf } from '../credentials-view.js';
import { invalid } from '../flanks-error.js';
import type { FlanksWorld } from '../flanks-world.js';
import type { RepairKind } from '../machine/credential.js';
import { forced } from '../machine/repair.js';
import { authorize, credentialsOf } from './authorize.js';

const STATUS = '/v0/bank/credentials/status';
const FORCES: readonly RepairKind[] = ['sca', 'reset', 'transaction'];

export function credentialsRoutes(app: FastifyInstance, world: FlanksWorld): void {
  app.get('/v0/bank/available', async (request) => {
    authorize(world, request);
    return BANKS.map(({ id, name, country }) => ({ id, name, country, logo_url: null }));
  });

  app.post(STATUS, async (request) => {
    authorize(world, request);
    return statusOf(credentialsOf(world, Fields.of(request.body, 'old')), world.switches);
  });

  app.put(STATUS, async (request) => {
    authorize(world, request);
    const fields = Fields.of(request.body, 'old').require('credentials_token', 'force');
    const kind = FORCES.find((candidate) => candidate === fields.raw('force'));
    if (!kind) throw invalid('old', 'force');
    const credential = world.put(forced(credentialsOf(world, fields), kind));
    return { [`${kind}_token`]: credential.tokens[kind] };
  });

  app.post('/v0/bank/credentials/list', async (request) => {
    authorize(world, request);
    return listPage(world, Fields.of(request.body, 'old').raw('page') ?? 1);
  });

  app.delete('/v0/bank/credentials', async (request) => {
    authorize(world, request);
    world.deleteCredential(credentialsOf(world, Fields.of(request.body, 'old')));
    return { message: 'Credentials deleted successfully' };
  });
}

function listPage(world: FlanksWorld, page: unknown): Record<string, unknown> {
  if (typeof page !== 'number' || !Number.isInteger(page) || page < 1) throw invalid('old', 'page');
  const { pageSize } = world.switches;
  const all = world.allCredentials();
  const items = all.slice((page - 1) * pageSize, page * pageSize).map((credential) => ({
    credentials_token: credential.token,
    external_id: credential.externalId,
    bank: credential.bank,
    status: listWord(credential),
  }));
  return { items, page, pages: Math.max(1, Math.ceil(all.length / pageSize)) };
}
