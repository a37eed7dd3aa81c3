import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Json, isObject, queryList } from '../../simulator/json.js';
import { sendPage } from '../../simulator/pages.js';
import type { FlanksWorld } from '../flanks-world.js';
import type { RepairKind } from '../machine/credential.js';
import { ALL_BANKS, type Arrival, HostedDesk, type Next } from './hosted-desk.js';
import { lastPage, visitPage } from './hosted-pages.js';
import { type Visit, type VisitForm, rollbackOf } from './visit.js';

interface Call {
  Querystring: Record<string, unknown>;
}

type Given = Readonly<Record<string, string>>;

/** What a page could not be opened for; nobody is sent back. */
type Refusal = string;

const SESSION_MS = 3_600_000;
const REPAIRS: readonly RepairKind[] = ['reset', 'sca', 'transaction'];
const FORM_FIELDS = ['visit', 'username', 'password', 'answer', 'leave'];
const OWN_FIELDS = ['token', 'bank', 'external_id', 'rollback', ...REPAIRS.map((kind) => `${kind}_token`)];

/** The pages where users sign in. `GET` shows the first one; a `POST` takes one page, or the whole way at once. */
export function hostedRoutes(app: FastifyInstance, world: FlanksWorld): void {
  const desk = new HostedDesk(world);
  const doors = {
    '/link': (given: Given) => linkArrival(world, given),
    '/connect': (given: Given) => sessionArrival(world, given['session'] ?? ''),
  };
  for (const [path, arrive] of Object.entries(doors)) {
    app.get<Call>(path, async (request, reply) => {
      const arrival = arrive(textsOf(request.query));
      if (typeof arrival === 'string') return sendPage(reply, 404, lastPage(arrival));
      return show(reply, { kind: 'page', visit: desk.open(arrival) });
    });
    app.post<Call>(path, async (request, reply) => {
      const form = textsOf(isObject(request.body) ? request.body : {});
      const visit = visitOf(desk, form, () => arrive({ ...textsOf(request.query), ...without(form, FORM_FIELDS) }));
      if (typeof visit === 'string') return sendPage(reply, 404, lastPage(visit));
      return show(reply, form['leave'] === undefined ? desk.submit(visit, formOf(form)) : desk.leave(visit));
    });
  }
}

function visitOf(desk: HostedDesk, form: Given, arrive: () => Arrival | Refusal): Visit | Refusal {
  const id = form['visit'];
  if (id !== undefined) return desk.find(id) ?? 'This visit is over.';
  const arrival = arrive();
  return typeof arrival === 'string' ? arrival : desk.open(arrival);
}

function linkArrival(world: FlanksWorld, given: Given): Arrival | Refusal {
  const link = world.links.get(given['token'] ?? '');
  if (!link) return 'This link is not valid.';
  if (!link.active) return 'This link is paused.';
  const kind = REPAIRS.find((candidate) => given[`${candidate}_token`] !== undefined);
  const credential = kind && world.byRepairToken(kind, given[`${kind}_token`] ?? '');
  if (kind && !credential) return 'This link is not valid: its token is used up or unknown.';
  const rollback = rollbackOf(given['rollback'] ?? null);
  return {
    origin: { kind: 'link', linkToken: link.token, rollback, extras: without(given, OWN_FIELDS) },
    repairs: kind && credential ? { kind, credential } : null,
    choice: ALL_BANKS,
    bank: given['bank'] ?? null,
    externalId: given['external_id'] ?? null,
  };
}

function sessionArrival(world: FlanksWorld, key: string): Arrival | Refusal {
  const session = [...world.sessions.values()].find((candidate) => candidate.key === key);
  if (!session) return 'This session does not exist.';
  if (session.end !== null || world.now() >= session.createdAt + SESSION_MS) return 'This session is over.';
  const credential = session.repairs === null ? null : world.credential(session.repairs);
  if (session.repairs !== null && credential === null) return 'This session is over.';
  const isSca = credential !== null && !credential.blocked && credential.tokens.sca !== null;
  return {
    origin: { kind: 'session', sessionId: session.id },
    repairs: credential && { kind: isSca ? 'sca' : 'reset', credential },
    choice: session.choice,
    bank: session.bank,
    externalId: session.externalId,
  };
}

function show(reply: FastifyReply, next: Next): FastifyReply {
  switch (next.kind) {
    case 'page':
      return sendPage(reply.header('cache-control', 'no-store'), 200, visitPage(next.visit));
    case 'back':
      return reply.redirect(next.url, 303);
    case 'end':
      return sendPage(reply, 200, lastPage(next.text));
  }
}

const formOf = (form: Given): VisitForm => ({
  bank: form['bank'] ?? null,
  username: form['username'] ?? null,
  password: form['password'] ?? null,
  answer: form['answer'] ?? null,
});

/** The first value of each key. */
function textsOf(query: Json): Given {
  return Object.fromEntries(
    Object.keys(query).flatMap((key) =>
      queryList(query, key)
        .slice(0, 1)
        .map((v) => [key, v]),
    ),
  );
}

function without(given: Given, keys: readonly string[]): Given {
  return Object.fromEntries(Object.entries(given).filter(([key]) => !keys.includes(key)));
}
