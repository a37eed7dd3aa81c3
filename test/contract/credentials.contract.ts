import type { Challenge } from '../../src/credentials/challenge.js';
import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { describeChallenges } from './challenges.contract.js';
import { withBench, type ContractBench } from './contract-bench.js';
import type { ServiceOperation, StartHarness } from './contract-harness.js';
import { isRefused, REFUSAL } from './refused.js';
import { describeFailures } from './failures.contract.js';
import { describeSisterPorts } from './sister-ports.contract.js';

/** The behaviour of `CredentialsService` and its sister ports, the same for every provider. */
export function describeCredentialsContract(name: string, start: StartHarness): void {
  describe(`${name} keeps the contract`, () => {
    describeLife(start);
    describeChallenges(start);
    describeFailures(start);
    describeSisterPorts(start);
  });
}

function describeLife(start: StartHarness): void {
  const at = withBench(start);
  const refused = (operation: ServiceOperation) => isRefused(at().service.capabilities, operation);

  describe('an operation that the provider does not have', () => {
    it('is refused with what to do instead, and nothing happens', async () => {
      const { service, harness, call } = at();
      const { ref } = await at().active();
      const challenge: Challenge = { kind: 'submit_information', expiresAt: null, fields: [] };
      const runs = {
        list: async () => service.list(ref.user, call),
        create: async () => service.create(harness.goodLogin(ref.user), call),
        refresh: async () => service.refresh(ref, { userPresent: true }, call),
        authenticate: async () => service.authenticate(ref, {}, call),
        qr: async () => service.qr(ref, call),
        submitSupplementalInformation: async () =>
          service.submitSupplementalInformation(ref, challenge, new Map(), call),
      } as const;
      for (const [operation, run] of Object.entries(runs)) {
        if (refused(operation as keyof typeof runs)) expect(await at().failure(run())).toMatchObject(REFUSAL);
      }
      expect((await at().value(service.get(ref, call))).observation.state).toBe('active');
    });
  });

  describe('an active credential', () => {
    it('is read and listed, with the time of its data', async () => {
      const { service, call } = at();
      const { ref, observation } = await at().active();
      expect(observation).toMatchObject({ state: 'active', cause: 'none' });
      expect(observation.dataAsOf).toBeInstanceOf(Date);
      if (refused('list')) return;
      const list = await at().value(service.list(ref.user, call));
      const id = ref.credentialId.reveal('test');
      expect(list.map(({ credentialId }) => credentialId.reveal('test'))).toEqual([id]);
      expect(await at().value(service.list(await at().harness.user(), call))).toEqual([]);
    });
  });

  describe('a new credential', () => {
    it('begins to move, can be read and listed, and becomes active', async () => {
      if (refused('create')) return;
      const { service, harness, call } = at();
      const user = await harness.user();
      const created = await at().value(service.create(harness.goodLogin(user), call));
      expect(['pending', 'authenticating', 'syncing']).toContain(created.observation.state);
      if (harness.datesAcceptance !== false) expect(created.observation.providerStatusAt).toBeInstanceOf(Date);
      const id = created.credentialId.reveal('test');
      const list = refused('list') ? null : await at().value(service.list(user, call));
      if (list) expect(list.map(({ credentialId }) => credentialId.reveal('test'))).toEqual([id]);
      const active = await at().settled({ user, credentialId: created.credentialId });
      expect(active).toMatchObject({ state: 'active', cause: 'none' });
      expect(active.dataAsOf).toBeInstanceOf(Date);
      expect(active.providerStatusAt?.getTime()).toBeGreaterThan(created.observation.providerStatusAt?.getTime() ?? 0);
    });

    it('names its user as the login did', async () => {
      if (refused('create')) return;
      const { service, harness, call, value } = bound(at());
      const request = harness.goodLogin(await harness.user());
      const institution = await value(harness.provider.institutions?.find(request.institutionId, call));
      const created = await value(service.create(request, call));
      const before = service.loginIdentity(institution, request.fields)?.reveal('test');
      expect(created.loginIdentity?.reveal('test')).toBe(before);
      expect(created.institutionId).toBe(request.institutionId);
    });

    it('is refused when it is there already, and nothing has happened', async () => {
      if (refused('create') || at().harness.noticesDuplicates === false) return;
      const { service, harness, call } = at();
      const request = harness.goodLogin(await harness.user());
      await at().value(service.create(request, call));
      expect(await at().failure(service.create(request, call))).toMatchObject({
        code: 'credential.duplicate',
        mayHaveHappened: false,
      });
    });

    it('is refused for a bank that is not there and a user that is not there', async () => {
      if (refused('create')) return;
      const { service, harness, call } = at();
      const request = harness.goodLogin(await harness.user());
      const nowhere = { ...request, institutionId: 'se-no-such-bank' };
      expect(await at().failure(service.create(nowhere, call))).toMatchObject({ code: 'institution.unknown' });
      if (!service.capabilities.users) return;
      const nobody = { ...request, user: 'nobody' as ProviderUserRef };
      expect(await at().failure(service.create(nobody, call))).toMatchObject({ code: 'provider_user.not_found' });
    });

    it('shows wherever it ends', async () => {
      const ends = [
        ['wrong_login', 'blocked', 'wrong_credentials'],
        ['locked_at_bank', 'blocked', 'account_locked_at_bank'],
        ['no_accounts', 'failed', 'no_accounts'],
        ['bank_down', 'retrying', 'bank_unavailable'],
        ['given_up', 'failed', 'permanent'],
        ['consent_expired', 'reauth_required', 'consent_expired'],
        ['sca_required', 'reauth_required', 'sca_required'],
        ['login_changed', 'blocked', 'credentials_changed'],
      ] as const;
      for (const [scenario, state, cause] of ends) {
        const reached = await at().reach(scenario);
        if (reached) expect(reached.observation).toMatchObject({ state, cause });
      }
    });
  });

  describe('a credential that is not there', () => {
    it('is not found by any operation', async () => {
      const { service, harness, call } = at();
      const user = await harness.user();
      for (const owner of [user, 'nobody' as ProviderUserRef]) {
        const ref: CredentialRef = { user: owner, credentialId: new Opened('0'.repeat(32)) };
        expect(await at().failure(service.get(ref, call))).toMatchObject({ code: 'credential.not_found' });
        expect(await at().failure(service.refresh(ref, { userPresent: true }, call))).toMatchObject({
          code: refused('refresh') ? 'capability_unsupported' : 'credential.not_found',
          mayHaveHappened: false,
        });
        expect(await at().value(service.delete(ref, call))).toEqual({ alreadyGone: true });
      }
    });

    it('is not found by another user', async () => {
      if (at().harness.tellsOwners === false) return;
      const { ref } = await at().active();
      const other = { user: await at().harness.user(), credentialId: ref.credentialId };
      expect(await at().failure(at().service.get(other, at().call))).toMatchObject({ code: 'credential.not_found' });
    });
  });

  describe('deleting', () => {
    it('takes the credential away, and does no harm a second time', async () => {
      const { service, call } = at();
      const { ref } = await at().active();
      expect(await at().value(service.delete(ref, call))).toEqual({ alreadyGone: false });
      expect(await at().failure(service.get(ref, call))).toMatchObject({ code: 'credential.not_found' });
      if (!refused('list')) expect(await at().value(service.list(ref.user, call))).toEqual([]);
      expect(await at().value(service.delete(ref, call))).toEqual({ alreadyGone: true });
    });
  });

  describe('refreshing', () => {
    it('is accepted at once and ends with newer data', async () => {
      const { service, call, harness } = at();
      const { ref, observation: before } = await at().active();
      if (refused('refresh')) return;
      harness.advance(60_000);
      const accepted = await at().value(service.refresh(ref, { userPresent: true, items: [harness.knownItem] }, call));
      expect(['pending', 'authenticating', 'syncing']).toContain(accepted.state);
      expect(accepted.providerStatusAt).toBeNull();
      const after = await at().settledAfter(ref, before);
      expect(after.state).toBe('active');
      expect(after.dataAsOf?.getTime()).toBeGreaterThan(before.dataAsOf?.getTime() ?? 0);
    });

    it('is not begun twice', async () => {
      const { service, call } = at();
      const { ref } = await at().active();
      const refresh = async () => service.refresh(ref, { userPresent: true }, call);
      await refresh();
      const second = await at().failure(refresh());
      expect(second).toMatchObject({ mayHaveHappened: false });
      expect(['credential.busy', 'provider.rate_limited', 'capability_unsupported']).toContain(
        second === 'no failure' ? second : second.code,
      );
    });

    it('knows what can be refreshed', async () => {
      if (refused('refresh')) return;
      const { service, call, harness } = at();
      const { ref } = await at().active();
      const items = [harness.knownItem, 'EVERYTHING'];
      expect(await at().failure(service.refresh(ref, { userPresent: true, items }, call))).toMatchObject({
        code: 'credential.invalid_input',
        pointer: '/items/1',
        mayHaveHappened: false,
      });
    });

    it('without the user never asks the user', async () => {
      const reached = await at().reach('consent_expired');
      if (!reached) return;
      const { ref, observation: before } = reached;
      const result = await at().service.refresh(ref, { userPresent: false }, at().call);
      const state = result.ok ? (await at().settledAfter(ref, before)).state : before.state;
      expect(state).toBe('reauth_required');
    });
  });

  it('goes on with members and words that it does not know', async () => {
    const { ref } = await at().active();
    at().harness.speakNewWords(ref);
    const { observation } = await at().value(at().service.get(ref, at().call));
    if (at().harness.hasStatusWords === false) expect(observation).toMatchObject({ state: 'active', cause: 'none' });
    else expect(observation.cause).toBe('unknown');
    expect(observation.providerStatus).not.toBe('');
  });
}

/** The bench's members for destructuring. */
function bound(bench: ContractBench) {
  const { service, harness, call } = bench;
  const value = async <T>(result: Parameters<typeof bench.value<T>>[0] | undefined): Promise<T> => {
    if (!result) throw new Error('The port is missing.');
    return bench.value(result);
  };
  return { service, harness, call, value };
}
