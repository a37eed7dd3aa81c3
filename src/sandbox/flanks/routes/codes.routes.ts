import type { FastifyInstance } from 'fastify';
import { queryList } from '../../simulator/json.js';
import { Fields } from '../body.js';
import { invalid } from '../flanks-error.js';
import type { FlanksWorld, LinkCode } from '../flanks-world.js';
import { authorize } from './authorize.js';

interface Call {
  Querystring: Record<string, unknown>;
}

const CODES = '/v0/platform/link';
const DELAY_MS = 72 * 3_600_000;

export function codeRoutes(app: FastifyInstance, world: FlanksWorld): void {
  app.get<Call>(CODES, async (request) => {
    authorize(world, request);
    const [linkToken] = queryList(request.query, 'link_token');
    const codes = linkToken === undefined ? [...world.codes.values()] : world.codesOf(linkToken);
    return codes.map((code) => ({ code: code.code, link_token: code.linkToken, extra: code.extra }));
  });

  app.post(CODES, async (request, reply) => {
    authorize(world, request);
    const code = world.codes.get(Fields.of(request.body, 'old').text('code'));
    const credential = code && world.credential(code.credentialId);
    if (!code || !credential) throw invalid('old', 'code');
    if (isDelayed(world, code)) {
      return reply.code(202).send({ message: 'The token is being checked, try again later' });
    }
    world.codes.delete(code.code);
    return {
      message: 'Successfully retrieved',
      credentials_token: credential.token,
      link_token: code.linkToken,
      extra: code.extra,
    };
  });
}

const isDelayed = (world: FlanksWorld, { createdAt }: LinkCode): boolean =>
  world.switches.delayedExchange && world.now() < createdAt + DELAY_MS;
