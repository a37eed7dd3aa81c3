import type { ProviderUserRef } from '../../src/credentials/credential-ref.js';
import { ok } from '../../src/credentials/result.js';
import { ProviderFake, UnplannedCall } from '../fakes/provider.fake.js';
import { describeCredentialsContract } from './credentials.contract.js';
import { startFake } from './fake.harness.js';

describeCredentialsContract('The fake provider', startFake);

describe('The fake provider is strict', () => {
  const user = 'cust-1' as ProviderUserRef;
  const call = { signal: new AbortController().signal };

  it('throws at a call that was not planned', async () => {
    const fake = new ProviderFake();
    await expect(fake.credentials.list(user, call)).rejects.toThrow(UnplannedCall);
    fake.script.plan('credentials.list', ok([]));
    expect(await fake.credentials.list(user, call)).toEqual(ok([]));
    await expect(fake.credentials.list(user, call)).rejects.toThrow('credentials.list was not planned.');
  });

  it('remembers what was called and what was not', async () => {
    const fake = new ProviderFake();
    fake.script.plan('users.create', ok({ created: true })).plan('users.delete', ok({ alreadyGone: false }));
    await fake.users.create({ user }, call);
    expect(fake.script.callsTo('users.create')).toEqual([
      { operation: 'users.create', args: [{ user }], signal: call.signal },
    ]);
    expect(fake.script.unused).toEqual(['users.delete']);
  });
});
