import type { CensusPage, CredentialCensus } from '../../src/credentials/credential-census.js';
import type { CredentialRef } from '../../src/credentials/credential-ref.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';
import { withBench } from './contract-bench.js';
import { startFlanks } from './flanks.harness.js';

describe('Flanks as a census', () => {
  const at = withBench(startFlanks);
  const census = (): CredentialCensus => {
    const { census: port } = at().harness.provider;
    if (!port) throw new Error('The provider has no census.');
    return port;
  };

  const pages = async (): Promise<readonly CensusPage[]> => {
    const all: CensusPage[] = [];
    let cursor: SecretValue | null = null;
    do {
      const page: CensusPage = await at().value(census().page(cursor, at().call));
      all.push(page);
      cursor = page.next;
    } while (cursor !== null && all.length < 20);
    return all;
  };
  const counted = async (): Promise<readonly string[]> =>
    (await pages()).flatMap(({ credentials }) =>
      credentials.map(({ credentialId, user }) => `${credentialId.reveal('test')} ${user ?? 'nobody'}`),
    );
  const named = ({ credentialId, user }: CredentialRef): string => `${credentialId.reveal('test')} ${user}`;

  it('is empty where there is nothing', async () => {
    expect(await counted()).toEqual([]);
  });

  it('sees every credential of every user once, over several pages', async () => {
    const user = await at().harness.user();
    const refs: CredentialRef[] = [];
    for (const owner of [user, user, await at().harness.user()]) {
      const reached = await at().reach('active', owner);
      if (reached) refs.push(reached.ref);
    }
    expect((await pages()).length).toBeGreaterThan(1);
    expect([...(await counted())].sort()).toEqual(refs.map(named).sort());
  });

  it('sees those that need their user, and not those that are gone', async () => {
    const blocked = await at().reach('login_changed');
    const { ref } = await at().active();
    await at().value(at().service.delete(ref, at().call));
    expect(await counted()).toEqual(blocked ? [named(blocked.ref)] : []);
  });

  it('fails as everything else does', async () => {
    at().harness.trouble('list', 'unavailable');
    expect(await at().failure(census().page(null, at().call))).toMatchObject({
      code: 'provider.unavailable',
      mayHaveHappened: false,
    });
  });
});
