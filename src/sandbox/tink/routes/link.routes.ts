import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Json } from '../../simulator/json.js';
import { page, sendPage } from '../../simulator/pages.js';
import { objectOf, optionalText } from '../body.js';
import type { CredentialsDesk } from '../credentials-desk.js';
import { LinkDesk, type Screen } from '../link/link-desk.js';
import { linkPage, LOOK_AGAIN_SECONDS } from '../link/link-pages.js';
import { readParameters } from '../link/link-parameters.js';
import { errorUrl } from '../link/link-return.js';
import type { LinkPurpose, LinkVisit } from '../link/link-visit.js';
import type { TinkWorld } from '../tink-world.js';

interface Entrance {
  Querystring: Record<string, unknown>;
}
interface ById {
  Params: { id: string };
}

const ENTRANCES: Readonly<Record<string, LinkPurpose>> = {
  '/1.0/transactions/connect-accounts': 'add',
  '/1.0/transactions/update-consent': 'update-consent',
  '/1.0/transactions/extend-consent': 'extend-consent',
  '/1.0/credentials/add': 'add',
  '/1.0/credentials/refresh': 'refresh',
  '/1.0/credentials/authenticate': 'authenticate',
};
const FIELD = 'field.';

/** Tink Link: pages for a browser. They work without scripts. */
export function linkRoutes(app: FastifyInstance, world: TinkWorld, credentials: CredentialsDesk): void {
  const desk = new LinkDesk(world, credentials);
  for (const [path, purpose] of Object.entries(ENTRANCES)) {
    app.get<Entrance>(path, async (request, reply) => enter(reply, world, purpose, request.query));
  }

  app.get<ById>('/link/:id', async (request, reply) => {
    const visit = world.link.book.find(request.params.id, world.now());
    return visit ? show(reply, world, visit, desk.screen(visit)) : gone(reply);
  });

  app.post<ById>('/link/:id', async (request, reply) => {
    const visit = world.link.book.find(request.params.id, world.now());
    if (!visit) return gone(reply);
    const screen = act(desk, visit, objectOf(request.body));
    if (screen.kind === 'away') return reply.redirect(screen.url, 303);
    // A problem is shown once; everything else survives a reload.
    if (screen.kind === 'login' && screen.problem !== null) return show(reply, world, visit, screen);
    return reply.redirect(`/link/${visit.id}`, 303);
  });
}

/** The code leaves the address bar at once: it works only once, and a reload must not spend it again. */
function enter(reply: FastifyReply, world: TinkWorld, purpose: LinkPurpose, query: Json): FastifyReply {
  const asked = readParameters(world, purpose, query);
  if (asked.kind === 'refused') return sendPage(reply, 400, page('Tink Link', `<p>${asked.message}</p>`));
  if (asked.kind === 'error') return reply.redirect(errorUrl(asked.target, asked.error), 303);
  return reply.redirect(`/link/${world.link.book.open(asked.visit, world.now()).id}`, 303);
}

function act(desk: LinkDesk, visit: LinkVisit, form: Json): Screen {
  const action = optionalText(form, 'action');
  const { purpose, providerName, started } = visit;
  if (action === 'cancel') return desk.cancel(visit);
  if (action === 'choose' && purpose === 'add' && !started) {
    return desk.choose(visit, optionalText(form, 'providerName') ?? '');
  }
  if (action === 'login' && purpose === 'add' && !started && providerName !== null) {
    return desk.login(visit, answersOf(form));
  }
  if (action === 'confirm' && purpose !== 'add' && !started) return desk.confirm(visit);
  if (action === 'answer' && started) return desk.answer(visit, answersOf(form));
  const screen = desk.screen(visit);
  return action === 'again' && screen.kind === 'failed' ? desk.again(visit) : screen;
}

function answersOf(form: Json): Readonly<Record<string, string>> {
  const names = Object.keys(form).filter((name) => name.startsWith(FIELD));
  return Object.fromEntries(names.map((name) => [name.slice(FIELD.length), optionalText(form, name) ?? '']));
}

function show(reply: FastifyReply, world: TinkWorld, visit: LinkVisit, screen: Screen): FastifyReply {
  if (screen.kind === 'away') return reply.redirect(screen.url, 303);
  const looks = screen.kind === 'wait' || (screen.kind === 'bank' && !screen.leave);
  if (looks) reply.header('refresh', String(LOOK_AGAIN_SECONDS));
  reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
  const { baseUrl } = world;
  return sendPage(reply, 200, linkPage(screen, { path: `/link/${visit.id}`, baseUrl, username: visit.username }));
}

function gone(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 410, page('Tink Link', '<p>This visit is over.</p>'));
}
