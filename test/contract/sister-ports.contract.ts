import type { ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { Provider } from '../../src/credentials/provider.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { ProviderRegistry } from '../../src/providers/registry/provider-registry.js';
import { withBench } from './contract-bench.js';
import type { StartHarness } from './contract-harness.js';

/** The ports beside `CredentialsService`, each where the provider has it. */
export function describeSisterPorts(start: StartHarness): void {
  const at = withBench(start);
  const port = <K extends 'login' | 'users' | 'institutions'>(name: K): Provider[K] => at().harness.provider[name];

  it('publishes what it has ports for', () => {
    const { provider } = at().harness;
    expect(new ProviderRegistry([provider]).all()).toEqual([provider]);
  });

  describe('replacing a login', () => {
    it('heals the same credential', async () => {
      const blocked = await at().reach('wrong_login');
      const login = port('login');
      if (!blocked || !login) return;
      const { harness, call } = at();
      const replaced = await at().value(login.replaceLogin(blocked.ref, harness.rightFields(), call));
      at().service.learnSnapshot(blocked.ref, replaced);
      expect(replaced.credentialId.reveal('test')).toBe(blocked.ref.credentialId.reveal('test'));
      expect((await at().settledAfter(blocked.ref, blocked.observation)).state).toBe('active');
    });

    it('needs a credential', async () => {
      const login = port('login');
      if (!login) return;
      const ref = { user: await at().harness.user(), credentialId: new Opened('0'.repeat(32)) };
      expect(await at().failure(login.replaceLogin(ref, at().harness.rightFields(), at().call))).toMatchObject({
        code: 'credential.not_found',
        mayHaveHappened: false,
      });
    });
  });

  describe('users', () => {
    const user = 'cust-contract' as ProviderUserRef;

    it('are created once and deleted once, and both may be said twice', async () => {
      const users = port('users');
      if (!users) return;
      const { call } = at();
      expect(await at().value(users.create({ user }, call))).toEqual({ created: true });
      expect(await at().value(users.create({ user }, call))).toEqual({ created: false });
      expect(await at().value(users.delete(user, call))).toEqual({ alreadyGone: false });
      expect(await at().value(users.delete(user, call))).toEqual({ alreadyGone: true });
      expect(await at().value(users.create({ user }, call))).toEqual({ created: true });
    });

    it('take their credentials along', async () => {
      const users = port('users');
      if (!users) return;
      const { ref } = await at().active();
      await at().value(users.delete(ref.user, at().call));
      expect(await at().failure(at().service.get(ref, at().call))).toMatchObject({ code: 'credential.not_found' });
      expect(await at().value(at().service.delete(ref, at().call))).toEqual({ alreadyGone: true });
    });

    it('get a code that becomes a token, once', async () => {
      const users = port('users');
      if (!users) return;
      const { call, harness } = at();
      const scope = ['accounts:read', 'transactions:read'];
      const { code } = await at().value(users.authorizationGrant(await harness.user(), scope, call));
      const token = await at().value(users.accessToken(code, call));
      expect(token.expiresIn).toBeGreaterThan(0);
      expect([...token.scope].sort()).toEqual(scope);
      for (const bad of [code, new Opened('no-such-code')]) {
        expect(await at().failure(users.accessToken(bad, call))).toMatchObject({ code: 'authorization.invalid_code' });
      }
    });

    it('get no code for scopes that are none, and none when they are not there', async () => {
      const users = port('users');
      if (!users) return;
      const { call, harness } = at();
      const someone = await harness.user();
      for (const scope of [[], ['accounts:read,user:delete'], ['No Scope']]) {
        expect(await at().failure(users.authorizationGrant(someone, scope, call))).toMatchObject({
          code: 'authorization.invalid_scope',
        });
      }
      const nobody = 'nobody' as ProviderUserRef;
      expect(await at().failure(users.authorizationGrant(nobody, ['accounts:read'], call))).toMatchObject({
        code: 'provider_user.not_found',
      });
    });
  });

  describe('institutions', () => {
    it('are listed with what they ask, and found by id', async () => {
      const institutions = port('institutions');
      if (!institutions) return;
      const { call } = at();
      const list = await at().value(institutions.list(undefined, call));
      expect(list.length).toBeGreaterThan(0);
      expect(new Set(list.map(({ id }) => id)).size).toBe(list.length);
      for (const { id, market, connect, fields } of list) {
        expect(market).toMatch(/^[A-Z]{2}$/);
        expect(connect.length).toBeGreaterThan(0);
        expect(fields.every(({ type }) => type !== 'info')).toBe(true);
        expect(await at().value(institutions.find(id, call))).toMatchObject({ id });
      }
    });

    it('are unknown when they are', async () => {
      const institutions = port('institutions');
      if (!institutions) return;
      for (const id of ['se-no-such-bank', 'xx-nowhere', '../../x', '']) {
        expect(await at().failure(institutions.find(id, at().call))).toMatchObject({ code: 'institution.unknown' });
      }
    });
  });
}
