import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/flinks/fixture.js';
import {
  AUTHORIZE,
  call,
  card,
  json,
  login,
  LOGIN_ID,
  refused,
  REQUEST_ID,
  TOKEN,
  token,
  user,
} from '../../../test/fixtures/flinks/flinks-bench.js';
import { flinksUnderTest } from '../../../test/fixtures/flinks/flinks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

describe('FlinksLoginRefresher', () => {
  let server: ProviderServerFake;
  let flinks: ReturnType<typeof flinksUnderTest>;

  withProviderServer('2026-01-05T14:03:00Z', (given) => {
    ({ server } = given);
    flinks = flinksUnderTest(server.url, given.clock);
    server.always(TOKEN, token('tok-1'));
    return flinks;
  });

  it('logs in with the new password; the LoginId stays', async () => {
    server.plan(AUTHORIZE, json(fixture('authorize-200')));
    const result = await flinks.login.replaceLogin(card, login('new-password'), call);
    expect(result).toMatchObject({ value: { institutionId: 'FlinksCapital', observation: { state: 'syncing' } } });
    expect(result.ok && result.value.credentialId).toBe(card.credentialId);
    expect(result.ok && result.value.observation).not.toHaveProperty('credentialId');
    expect(JSON.parse(server.calls.at(-1)?.body ?? '')).toEqual({
      Institution: 'FlinksCapital',
      Username: 'Greatday',
      Password: 'new-password',
      Language: 'en',
      MostRecentCached: false,
      Save: true,
    });
  });

  it.each([['request'], ['refused']])('gives a %s credential its real id', async (kind) => {
    server.plan(AUTHORIZE, json(fixture('authorize-200')));
    const text = `${kind}:${REQUEST_ID}:FlinksCapital${kind === 'refused' ? ':INVALID_PASSWORD' : ''}`;
    const result = await flinks.login.replaceLogin({ user, credentialId: new Opened(text) }, login(), call);
    expect(result.ok && result.value.observation.credentialId?.reveal('test')).toBe(`login:${LOGIN_ID}:FlinksCapital`);
  });

  it('a language of its own is another LoginId', async () => {
    const other = '11111111-2222-4333-8444-555555555555';
    server.plan(AUTHORIZE, json({ ...fixture('authorize-200'), Login: { Id: other } }));
    const result = await flinks.login.replaceLogin(card, login('Everyday', { language: 'fr' }), call);
    expect(result.ok && result.value.observation.credentialId?.reveal('test')).toBe(`login:${other}:FlinksCapital`);
    expect(server.calls.at(-1)?.body).toContain('"Language":"fr"');
  });

  it('a wrong password blocks as before', async () => {
    server.plan(AUTHORIZE, refused('INVALID_PASSWORD'));
    expect(await flinks.login.replaceLogin(card, login('wrong'), call)).toMatchObject({
      value: { observation: { state: 'blocked', cause: 'wrong_credentials' } },
    });
  });

  it('a bank that is down keeps no login, so it must be given again', async () => {
    server.plan(AUTHORIZE, refused('RETRY_LATER'));
    expect(await flinks.login.replaceLogin(card, login(), call)).toMatchObject({
      failure: { code: 'provider.unavailable', mayHaveHappened: false },
    });
  });

  it('needs a credential of ours', async () => {
    const ref = { user, credentialId: new Opened('0'.repeat(32)) };
    expect(await flinks.login.replaceLogin(ref, login(), call)).toMatchObject({
      failure: { code: 'credential.not_found', mayHaveHappened: false },
    });
  });
});
