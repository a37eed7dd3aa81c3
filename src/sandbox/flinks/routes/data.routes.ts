import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Body, bodyOf, flag, invalid, requiredText, textList, word } from '../body.js';
import { type BankAccount, accountsOf } from '../data/bank-data.js';
import { FlinksError } from '../flinks-error.js';
import type { FlinksWorld } from '../flinks-world.js';
import { ENDPOINTS, type Endpoint, readiness } from '../machine/pull.js';
import type { DataQuery, Session } from '../machine/session.js';
import { detailView, statementsView, summaryView } from '../views/account-view.js';
import { dataLinks, errorOf, pending, tail } from '../views/session-view.js';
import { BANKING, checkApiKey } from './gate.js';

type Json = Readonly<Record<string, unknown>>;

interface ByRequest {
  Params: { requestId: string };
}

/** The three kinds of data, each with its direct call and the Async one that repeats it. */
export function dataRoutes(app: FastifyInstance, world: FlinksWorld): void {
  for (const endpoint of ENDPOINTS) {
    app.post(`${BANKING}/Get${endpoint}`, async (request, reply) => {
      const body = read(world, request);
      const session = find(world, requiredText(body, 'RequestId'));
      const query = queryOf(body, endpoint);
      const kept = world.put({ ...session, asked: { ...session.asked, [endpoint]: query } });
      return reply.code(200).send(serve(world, kept, endpoint, true));
    });
    app.get<ByRequest>(`${BANKING}/Get${endpoint}Async/:requestId`, async (request, reply) => {
      checkApiKey(world, request);
      return reply.code(200).send(serve(world, find(world, request.params.requestId), endpoint, false));
    });
  }
}

function read(world: FlinksWorld, request: FastifyRequest): Body {
  checkApiKey(world, request);
  return bodyOf(request.body);
}

/** @throws FlinksError SESSION_NONEXISTENT */
function find(world: FlinksWorld, requestId: string): Session {
  const session = world.session(requestId);
  if (!session) throw new FlinksError('SESSION_NONEXISTENT', { body: { RequestId: requestId.slice(0, 60) } });
  return session;
}

/** @throws FlinksError for everything but data; 202 is thrown too. */
function serve(world: FlinksWorld, session: Session, endpoint: Endpoint, direct: boolean): Json {
  const { phase, cause } = session;
  if (phase.kind === 'working' || phase.kind === 'challenged') throw new FlinksError('UNAUTHORIZED');
  if (phase.kind !== 'authorized') throw errorOf(session);
  if (endpoint === 'Statements' && !session.statements) throw errorOf(session, 'METHOD_NOT_AVAILABLE');
  const now = world.now();
  const ready = readiness(phase.pull, endpoint, direct, now);
  if (ready !== 'ready') {
    const waits = ready.code === 'OPERATION_PENDING' || ready.code === 'OPERATION_DISPATCHED';
    throw waits ? pending(session, ready.code) : errorOf(session, ready.code);
  }
  const polled = session.polls[endpoint];
  const { pendingPolls, cachedPendingPolls } = world.switches;
  if (polled < (cause === 'cached' ? cachedPendingPolls : pendingPolls)) {
    world.put({ ...session, polls: { ...session.polls, [endpoint]: polled + 1 } });
    throw pending(session, 'OPERATION_PENDING');
  }
  if (endpoint === 'AccountsDetail') world.put({ ...session, detailAnsweredAt: session.detailAnsweredAt ?? now });
  return answerOf(world, session, endpoint, phase.pull.startedAt);
}

function answerOf(world: FlinksWorld, session: Session, endpoint: Endpoint, asOf: number): Json {
  const card = world.cards.find(session.loginId ?? '');
  const query = session.asked[endpoint];
  const accounts = accountsOf({ session, since: card?.createdAt ?? asOf, asOf });
  const wanted = accounts.filter(({ id }) => query.accounts === null || query.accounts.includes(id));
  return { HttpStatusCode: 200, ...content(wanted, endpoint, query, asOf), ...tail(session, card) };
}

function content(accounts: readonly BankAccount[], endpoint: Endpoint, query: DataQuery, asOf: number): Json {
  switch (endpoint) {
    case 'AccountsSummary':
      return { Accounts: accounts.map((account) => summaryView(account, query)), Links: dataLinks() };
    case 'AccountsDetail':
      return { Accounts: accounts.map((account) => detailView(account, query, asOf)) };
    case 'Statements':
      return { StatementsByAccount: accounts.map((account) => statementsView(account, query.statements, asOf)) };
  }
}

const MONTHS = { MostRecent: 1, Months3: 3, Months12: 12 } as const;
const SPANS = { Days90: 90, Days365: 365 } as const;

/** @throws FlinksError INVALID_REQUEST */
function queryOf(body: Body, endpoint: Endpoint): DataQuery {
  const accounts = textList(body, 'AccountsFilter');
  const count = MONTHS[word(body, 'NumberOfStatements', ['MostRecent', 'Months3', 'Months12'], 'MostRecent')];
  if (count === 12 && accounts?.length !== 1) throw invalid('Months12 needs exactly one account in AccountsFilter.');
  return {
    identity: flag(body, 'WithAccountIdentity', endpoint !== 'AccountsSummary'),
    kyc: flag(body, 'WithKYC', true),
    transactions: flag(body, 'WithTransactions', true),
    balance: flag(body, 'WithBalance', true),
    days: SPANS[word(body, 'DaysOfTransactions', ['Days90', 'Days365'], 'Days90')],
    accounts,
    statements: count,
  };
}
