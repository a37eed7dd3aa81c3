import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { tinkUnderTest } from '../../../test/fixtures/tink/tink-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const TOKEN = 'POST /api/v1/oauth/token';
const GRANT = 'POST /api/v1/oauth/authorization-grant';
const CREATE = 'POST /api/v1/user/create';
const DELETE = 'POST /api/v1/user/delete';
const user = 'cust-1' as ProviderUserRef;
const call = { signal: new AbortController().signal };
const token: Reply = { status: 200, body: { access_token: 'tok', expires_in: 1800, scope: 'accounts:read,user:read' } };
const code: Reply = { status: 200, body: { code: 'code-1' } };

describe('TinkUsers', () => {
  let server: ProviderServerFake;
  let tink: ReturnType<typeof tinkUnderTest>;

  withProviderServer('2026-01-05T08:00:00Z', (given) => {
    ({ server } = given);
    tink = tinkUnderTest(server.url, given.clock);
    return tink;
  });

  it('creates a user under our own id, in the configured market unless told otherwise', async () => {
    server.always(TOKEN, token).plan(CREATE, ...[1, 2].map(() => ({ status: 200, body: { user_id: 'x' } })));
    expect(await tink.users.create({ user }, call)).toEqual({ ok: true, value: { created: true } });
    await tink.users.create({ user, market: 'GB', locale: 'en_GB' }, call);
    expect(server.callsTo(CREATE).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { external_user_id: 'cust-1', market: 'SE' },
      { external_user_id: 'cust-1', market: 'GB', locale: 'en_GB' },
    ]);
  });

  it('is content with a user that is there already, also after a repeat', async () => {
    const exists = { status: 409, body: { errorCode: 'user.user_with_external_user_id_already_exists' } };
    server.always(TOKEN, token).plan(CREATE, exists, 'reset', exists);
    for (let turn = 0; turn < 2; turn += 1) {
      expect(await tink.users.create({ user }, call)).toEqual({ ok: true, value: { created: false } });
    }
  });

  it('points at what is wrong', async () => {
    server.always(TOKEN, token).plan(CREATE, { status: 400 });
    expect(await tink.users.create({ user, market: 'XX' }, call)).toMatchObject({
      failure: { code: 'credential.invalid_input', pointer: '/market' },
    });
  });

  it('deletes with a token of the user, without a body', async () => {
    server.always(TOKEN, token).plan(GRANT, code).plan(DELETE, { status: 204 });
    expect(await tink.users.delete(user, call)).toEqual({ ok: true, value: { alreadyGone: false } });
    expect(server.callsTo(GRANT)[0]?.body).toBe('external_user_id=cust-1&scope=user%3Adelete');
    expect(server.callsTo(DELETE)[0]?.body).toBe('');
  });

  it('is content when the user is gone, however Tink says so', async () => {
    server.always(TOKEN, token).plan(GRANT, { status: 404 });
    expect(await tink.users.delete(user, call)).toEqual({ ok: true, value: { alreadyGone: true } });
    server.plan(GRANT, code).plan(DELETE, { status: 404 });
    expect(await tink.users.delete(user, call)).toEqual({ ok: true, value: { alreadyGone: true } });
    server.plan(GRANT, code, { status: 404 }).plan(DELETE, { status: 401 });
    expect(await tink.users.delete(user, call)).toEqual({ ok: true, value: { alreadyGone: true } });
  });

  it('forgets the tokens of a user that it tried to delete', async () => {
    server.always(TOKEN, token).plan(GRANT, code, code).plan(DELETE, { status: 403 }, { status: 204 });
    expect(await tink.users.delete(user, call)).toMatchObject({ failure: { code: 'provider.misconfigured' } });
    expect((await tink.users.delete(user, call)).ok).toBe(true);
  });

  it('gives a code for the scopes that were asked', async () => {
    server.plan(TOKEN, token).plan(GRANT, code);
    const result = await tink.users.authorizationGrant(user, ['transactions:read', 'accounts:read'], call);
    expect(result.ok && result.value.code.reveal('test')).toBe('code-1');
    expect(JSON.stringify(result)).not.toContain('code-1');
    expect(new URLSearchParams(server.callsTo(GRANT)[0]?.body).get('scope')).toBe('accounts:read,transactions:read');
  });

  it.each([
    [[]],
    [['']],
    [['accounts:read,user:delete']],
    [['a b']],
    [['A:b']],
    [Array.from({ length: 51 }, () => 'a:b')],
  ])('sends no scopes like %p', async (scope: readonly string[]) => {
    expect(await tink.users.authorizationGrant(user, scope, call)).toMatchObject({
      failure: { code: 'authorization.invalid_scope' },
    });
    expect(server.calls).toHaveLength(0);
  });

  it.each(['accounts.balances:readonly', 'provider-consents:read', 'webhook-endpoints', 'user:read'])(
    'knows the form of %s',
    async (scope) => {
      server.plan(TOKEN, token).plan(GRANT, code);
      expect((await tink.users.authorizationGrant(user, [scope], call)).ok).toBe(true);
    },
  );

  it.each([
    [[400], 'authorization.invalid_scope'],
    [[401, 401], 'authorization.invalid_scope'],
    [[403], 'authorization.invalid_scope'],
    [[404], 'provider_user.not_found'],
  ])('reads a grant with %p as %s', async (statuses, failure) => {
    server.always(TOKEN, token).plan(GRANT, ...statuses.map((status) => ({ status })));
    expect(await tink.users.authorizationGrant(user, ['a:b'], call)).toMatchObject({ failure: { code: failure } });
  });

  it('exchanges a code, once', async () => {
    server.plan(TOKEN, token, { status: 400 }, { status: 503 });
    const exchange = async () => tink.users.accessToken(new Opened('code-1'), call);
    const result = await exchange();
    expect(result).toMatchObject({ value: { expiresIn: 1800, scope: ['accounts:read', 'user:read'] } });
    expect(result.ok && result.value.accessToken.reveal('test')).toBe('tok');
    expect(await exchange()).toMatchObject({ failure: { code: 'authorization.invalid_code' } });
    expect(await exchange()).toMatchObject({ failure: { code: 'provider.unavailable' } });
  });
});
