import type { FastifyInstance } from 'fastify';
import { invalid } from '../body.js';
import { INSTITUTIONS, institutionView } from '../data/institutions.js';
import type { FlinksWorld } from '../flinks-world.js';
import { BANKING, checkApiKey } from './gate.js';

interface Call {
  Params: { number: string };
  Querystring: Record<string, unknown>;
}

const MAX_PAGE = 1000;

/** The only answers without the vendor's envelope. */
export function institutionRoutes(app: FastifyInstance, world: FlinksWorld): void {
  app.get<Call>(`${BANKING}/Institutions`, async (request) => {
    checkApiKey(world, request);
    const skip = countOf(request.query['skip'], 0, 'skip');
    const take = Math.min(countOf(request.query['take'], MAX_PAGE, 'take'), MAX_PAGE);
    return { Data: INSTITUTIONS.slice(skip, skip + take).map(institutionView), Count: INSTITUTIONS.length };
  });

  app.get<Call>(`${BANKING}/Institutions/RoutingNumber/:number`, async (request) => {
    checkApiKey(world, request);
    const institution = INSTITUTIONS.find(({ routingNumbers }) => routingNumbers.includes(request.params.number));
    if (!institution) throw invalid('The routing number is unknown.');
    return { ...institutionView(institution), RoutingNumbers: institution.routingNumbers };
  });
}

function countOf(value: unknown, otherwise: number, name: string): number {
  if (value === undefined) return otherwise;
  if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) throw invalid(`${name} must be a whole number.`);
  return Number(value);
}
