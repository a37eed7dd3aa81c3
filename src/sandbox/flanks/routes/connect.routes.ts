import type { FastifyInstance } from 'fastify';
import { BANKS, type Bank, bankOfConnector } from '../bank/banks.js';
import { Fields } from '../body.js';
import { filterConnectors } from '../connect/connector-filter.js';
import { type Attributes, matching, pageOf } from '../connect/pages.js';
import { readFilter } from '../connect/read-filter.js';
import { type Session, type SessionView, viewOf } from '../connect/session.js';
import { invalid } from '../flanks-error.js';
import type { FlanksWorld } from '../flanks-world.js';
import { secret } from '../hosted/hosted-desk.js';
import { authorize } from './authorize.js';

const CONNECTOR: Attributes<Bank> = {
  connector_id_in: ({ connectorId }) => connectorId,
  countries: ({ countries }) => countries,
  type: ({ type }) => type,
};

const SESSION: Attributes<SessionView> = {
  session_id_in: ({ session_id }) => session_id,
  status_in: ({ status }) => status,
  connection_id_in: ({ connection_id }) => connection_id,
  error_code_in: ({ error_code }) => error_code,
};

/** Connect v2. */
export function connectRoutes(app: FastifyInstance, world: FlanksWorld): void {
  app.post('/connect/v2/connectors/list-connectors', async (request) => {
    authorize(world, request);
    const fields = Fields.of(request.body, 'new');
    const found = matching(BANKS, fields, CONNECTOR).map(({ connectorId, name, countries, type }) => {
      return { connector_id: connectorId, name, countries, type };
    });
    return pageOf(found, fields.optionalText('page_token'), world.switches.pageSize);
  });

  app.post('/connect/v2/sessions/create-session', async (request) => {
    authorize(world, request);
    const configuration = Fields.of(request.body, 'new').require('configuration').inner('configuration');
    if (!configuration) throw invalid('new', 'configuration');
    const session = world.putSession(sessionOf(world, configuration));
    return { session: described(world, session) };
  });

  app.post('/connect/v2/sessions/list-sessions', async (request) => {
    authorize(world, request);
    const fields = Fields.of(request.body, 'new');
    const all = [...world.sessions.values()].map((session) => described(world, session));
    return pageOf(matching(all, fields, SESSION), fields.optionalText('page_token'), world.switches.pageSize);
  });
}

function described(world: FlanksWorld, session: Session): SessionView & { readonly url: string } {
  return { ...viewOf(session, world.now()), url: `${world.baseUrl}/connect?session=${session.key}` };
}

function sessionOf(world: FlanksWorld, configuration: Fields): Session {
  const redirectUrl = configuration.text('redirect_url');
  if (!URL.canParse(redirectUrl)) throw invalid('new', 'redirect_url');
  const allowed = filterConnectors(BANKS, readFilter(configuration)).map(({ id }) => id);
  const connectorId = configuration.optionalText('connector_id');
  const bank = connectorId === null ? null : bankOfConnector(connectorId);
  if (connectorId !== null && (!bank || !allowed.includes(bank.id))) throw invalid('new', 'connector_id');
  const connectionId = configuration.optionalText('connection_id');
  const repaired = connectionId === null ? null : world.byToken(connectionId);
  if (connectionId !== null && !repaired) throw invalid('new', 'connection_id');
  return {
    id: `ses_${secret()}`,
    key: secret(),
    redirectUrl,
    choice: allowed,
    bank: bank?.id ?? null,
    externalId: configuration.optionalText('external_id'),
    repairs: repaired?.id ?? null,
    createdAt: world.now(),
    progress: 'login',
    end: null,
  };
}
