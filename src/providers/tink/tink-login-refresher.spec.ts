import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/tink/fixture.js';
import { alwaysAuthorised, tinkUnderTest } from '../../../test/fixtures/tink/tink-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const PUT = 'PUT /api/v1/credentials/c%201';
const ref = { user: 'cust-1' as ProviderUserRef, credentialId: new Opened('c 1') };
const call = { signal: new AbortController().signal };
const fields = new Map([['password', new Opened('geheim-2')]]);

describe('TinkLoginRefresher', () => {
  let server: ProviderServerFake;
  let tink: ReturnType<typeof tinkUnderTest>;

  withProviderServer('2026-01-05T08:00:00Z', (given) => {
    ({ server } = given);
    tink = tinkUnderTest(server.url, given.clock);
    alwaysAuthorised(server);
    return tink;
  });

  it('replaces the login of the same credential', async () => {
    const body = { ...fixture('credentials-updated'), status: 'CREATED' };
    server.plan(PUT, { status: 200, body });
    const result = await tink.login.replaceLogin(ref, fields, call);
    expect(result).toMatchObject({ value: { observation: { state: 'authenticating', providerStatus: 'CREATED' } } });
    expect(server.callsTo(PUT)[0]?.body).toBe('{"fields":{"password":"geheim-2"}}');
  });

  it.each([
    [400, 'credential.invalid_input', false],
    [404, 'credential.not_found', false],
    [409, 'credential.busy', false],
    [503, 'provider.unavailable', true],
    [200, 'provider.bad_response', true],
  ])('reads %d as %s and does not repeat it', async (status, code, mayHaveHappened) => {
    server.plan(PUT, { status, body: '<html>geheim-2' });
    const result = await tink.login.replaceLogin(ref, fields, call);
    expect(result).toMatchObject({ failure: { code, mayHaveHappened } });
    expect(JSON.stringify(result)).not.toContain('geheim');
  });
});
