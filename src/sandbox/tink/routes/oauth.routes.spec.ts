import { text } from '../../simulator/testing/json-answer.js';
import { TinkDriver } from '../testing/tink-driver.js';

const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('tokens and codes', () => {
  let driver: TinkDriver;

  beforeEach(async () => {
    driver = await TinkDriver.start();
  });
  afterEach(() => driver.sim.close());

  const create = (token: string) =>
    driver.call('POST', '/api/v1/user/create', { token, json: { external_user_id: 'cust-1', market: 'SE' } });
  const grant = (token: string, form: Record<string, string>) =>
    driver.call('POST', '/api/v1/oauth/authorization-grant', { token, form });

  it('gives a client token that lives 1800 seconds', async () => {
    const { status, body } = await driver.token({
      grant_type: 'client_credentials',
      scope: 'user:create,authorization:grant',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 1800, scope: 'user:create,authorization:grant' });
    expect(body).not.toHaveProperty('refresh_token');
    driver.clock.advance(1_799_999);
    expect((await create(text(body, 'access_token'))).status).toBe(200);
    driver.clock.advance(1);
    expect((await create(text(body, 'access_token'))).status).toBe(401);
  });

  it('gives every scope when none is named', async () => {
    const { body } = await driver.token({ grant_type: 'client_credentials' });
    expect(text(body, 'scope').split(',')).toEqual(expect.arrayContaining(['user:create', 'credentials:refresh']));
  });

  it.each([
    [{ client_id: 'other', grant_type: 'client_credentials' }, 401, 'Could not find the OAuth client'],
    [{ client_secret: 'guess', grant_type: 'client_credentials' }, 401, 'Invalid client secret'],
    [{ grant_type: 'authorization_code', code: 'nonsense' }, 400, 'Authorization code not valid'],
    [{ grant_type: 'refresh_token', refresh_token: 'x' }, 400, 'The refresh_token grant is no longer supported'],
    [{ grant_type: 'password' }, 400, 'Unsupported grant_type'],
    [{ grant_type: 'client_credentials', scope: 'user:create authorization:grant' }, 400, matching(/^Invalid scope/)],
    [{ grant_type: 'client_credentials', scope: 'everything' }, 400, 'Invalid scope: everything'],
  ])('refuses %j with %i', async (form, status, errorMessage) => {
    const answer = await driver.token(form);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ errorMessage, errorCode: String(status) });
  });

  it('takes forms only', async () => {
    const json = { client_id: 'app', client_secret: 'hush', grant_type: 'client_credentials' };
    expect((await driver.call('POST', '/api/v1/oauth/token', { json })).status).toBe(415);
  });

  it('makes a user token of 7200 seconds from a code, once', async () => {
    const token = await driver.clientToken();
    const { body: user } = await create(token);
    const code = text((await grant(token, { user_id: text(user, 'user_id'), scope: 'user:read' })).body, 'code');
    expect(code).toMatch(/^[0-9a-f]{32}$/);
    const first = await driver.token({ grant_type: 'authorization_code', code });
    expect(first.body).toMatchObject({ expires_in: 7200, scope: 'user:read' });
    expect((await driver.token({ grant_type: 'authorization_code', code })).status).toBe(400);
  });

  it('lets a code die after five minutes', async () => {
    const token = await driver.clientToken();
    await create(token);
    const code = text((await grant(token, { external_user_id: 'cust-1', scope: 'user:read' })).body, 'code');
    driver.clock.advance(300_000);
    expect((await driver.token({ grant_type: 'authorization_code', code })).status).toBe(400);
  });

  it('wants exactly one user, a scope, and a user that exists', async () => {
    const token = await driver.clientToken();
    const scope = 'user:read';
    expect((await grant(token, { scope })).status).toBe(400);
    expect((await grant(token, { scope, user_id: 'a', external_user_id: 'b' })).status).toBe(400);
    expect((await grant(token, { user_id: 'a' })).status).toBe(400);
    expect((await grant(token, { scope, user_id: 'a' })).status).toBe(404);
    expect((await grant(await driver.clientToken('user:create'), { scope, user_id: 'a' })).status).toBe(403);
  });

  it('delegates a code that only the actor can redeem', async () => {
    const token = await driver.clientToken();
    await create(token);
    const form = { external_user_id: 'cust-1', scope: 'user:read', id_hint: 'Anna', actor_client_id: 'df05' };
    const delegate = (change: Record<string, string>) =>
      driver.call('POST', '/api/v1/oauth/authorization-grant/delegate', { token, form: { ...form, ...change } });
    const code = text((await delegate({})).body, 'code');
    expect((await driver.token({ grant_type: 'authorization_code', code })).status).toBe(400);
    expect((await delegate({ id_hint: '' })).status).toBe(400);
    expect((await delegate({ id_hint: '\u4e2d' })).status).toBe(400);
    const own = text((await delegate({ actor_client_id: 'app' })).body, 'code');
    const redeemed = await driver.token({ grant_type: 'authorization_code', code: own });
    expect(redeemed.body).toMatchObject({ id_hint: 'Anna' });
  });

  it('revokes everything of a user', async () => {
    const userToken = await driver.userToken();
    const form = { external_user_id: 'cust-1' };
    const revoked = await driver.call('POST', '/api/v1/oauth/revoke-all', { token: await driver.clientToken(), form });
    expect(revoked.status).toBe(204);
    expect((await driver.call('GET', '/api/v1/user', { token: userToken })).status).toBe(401);
  });
});
