import type { FastifyInstance, FastifyReply } from 'fastify';
import { queryList } from '../../simulator/json.js';
import { page, sendPage } from '../../simulator/pages.js';
import { objectOf, optionalText, requiredText } from '../body.js';
import { DEMO_USERS, demoUser } from '../data/demo-users.js';
import { approve, cancel, isAtBank } from '../machine/credential-machine.js';
import type { Credential } from '../machine/credential.js';
import type { TinkWorld } from '../tink-world.js';

interface Visit {
  Querystring: Record<string, unknown>;
}

/** The bank's own page, where a redirect ends. */
export function bankRoutes(app: FastifyInstance, world: TinkWorld): void {
  app.get<Visit>('/bank/authorize', async (request, reply) => {
    const credential = awaitedAt(world, queryList(request.query, 'state')[0] ?? '');
    if (!credential) return gone(reply);
    return sendPage(reply, 200, signInPage(credential, credential.run?.token ?? ''));
  });

  app.post('/bank/authorize', async (request, reply) => {
    const form = objectOf(request.body);
    const state = requiredText(form, 'state');
    const credential = awaitedAt(world, state);
    if (!credential) return gone(reply);
    const approved = requiredText(form, 'decision') === 'approve';
    if (credential.callbackUri !== null && credential.type !== 'MOBILE_BANKID') {
      return reply.redirect(relayed(credential.callbackUri, state, approved), 303);
    }
    const moved = decided(world, credential, approved ? (optionalText(form, 'username') ?? '') : null);
    if (!moved) return gone(reply);
    world.put(moved);
    if (moved.type === 'MOBILE_BANKID')
      return sendPage(reply, 200, page('Done', '<p>Go back to where you came from.</p>'));
    return reply.redirect(returned(moved, state), 303);
  });
}

function awaitedAt(world: TinkWorld, token: string): Credential | null {
  return world.allCredentials().find((credential) => credential.run?.token === token && isAtBank(credential)) ?? null;
}

/** @param username `null` = cancelled, empty = whoever it was. */
function decided(world: TinkWorld, credential: Credential, username: string | null): Credential | null {
  const now = world.now();
  if (username === null) return cancel(credential, now, world.stepMs);
  const user = demoUser(username);
  const login = user ? { login: user.username } : {};
  return approve({ ...credential, ...login }, user?.outcome ?? credential.outcome, now, world.stepMs);
}

/** The app's own query stays; a `state` that it brought wins. */
function returned({ appUri, id }: Credential, state: string): string {
  const url = new URL(appUri);
  if (!url.searchParams.has('state')) url.searchParams.set('state', state);
  url.searchParams.set('credentialsId', id);
  return url.href;
}

function relayed(callbackUri: string, state: string, approved: boolean): string {
  const url = new URL(callbackUri);
  url.searchParams.set('state', state);
  if (approved) url.searchParams.set('code', `demo-${state.slice(0, 8)}`);
  else url.searchParams.set('error', 'access_denied');
  return url.href;
}

function signInPage(credential: Credential, state: string): string {
  const options = DEMO_USERS.map(
    ({ username, holder, outcome }) =>
      `<option value="${username}"${username === credential.login ? ' selected' : ''}>${holder}: ${outcome}</option>`,
  ).join('');
  const body = `<p>An app asks to see your accounts at ${credential.providerName}.</p>
<form method="post" action="/bank/authorize">
<input type="hidden" name="state" value="${state}">
<p><label>Sign in as <select name="username">${options}</select></label></p>
<p><button name="decision" value="approve">Approve</button> <button name="decision" value="cancel">Cancel</button></p>
</form>`;
  return page('Demo Bank', body);
}

function gone(reply: FastifyReply): FastifyReply {
  return sendPage(reply, 410, page('Demo Bank', '<p>Nobody is waiting for this sign-in any more.</p>'));
}
