import type { Institution } from '../credentials/institution-directory.js';
import { fail, ok } from '../credentials/result.js';
import { ProviderFake } from '../../test/fakes/provider.fake.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { ProviderRegistry } from '../providers/registry/provider-registry.js';
import { ListInstitutions } from './list-institutions.js';

const bank = (id: string, name = `Bank ${id}`, market = 'SE'): Institution => ({
  ...{ id, name, market, status: 'enabled', connect: ['direct'], fields: [] },
});
const DIRECTORY = [bank('b'), bank('Z', 'Zürcher Bank'), bank('a', 'Ålandsbanken'), bank('c-1', 'Caixa de Crédito')];

describe('the banks of a provider', () => {
  const provider = new ProviderFake();
  const list = new ListInstitutions(new ProviderAccess(new ProviderRegistry([provider])));
  const ids = async (text?: string): Promise<string[]> => {
    const { data } = await list.run('fake', { text, limit: 50 });
    return data.map(({ id }) => id);
  };

  beforeEach(() => {
    provider.script.reset();
    provider.script.always('institutions.list', ok(DIRECTORY));
  });

  it('come by id, and a page ends where the next begins', async () => {
    const first = await list.run('fake', { limit: 2 });
    expect(first.data.map(({ id }) => id)).toEqual(['Z', 'a']);
    const second = await list.run('fake', { limit: 2, cursor: first.nextCursor ?? '' });
    expect(second).toEqual({ data: [bank('b'), bank('c-1', 'Caixa de Crédito')], nextCursor: null });
  });

  it('leave the order of the adapter\u2019s list, which others share, alone', async () => {
    await ids();
    expect(DIRECTORY.map(({ id }) => id)).toEqual(['b', 'Z', 'a', 'c-1']);
  });

  it.each([
    ['bank', ['Z', 'a', 'b']],
    ['  BANK   zürcher ', ['Z']],
    ['ålands', ['a']],
    ['c-1', ['c-1']],
    ['bank caixa', []],
    ['.*', []],
  ])('are searched for "%s" in names and ids', async (text, expected) => {
    expect(await ids(text)).toEqual(expected);
  });

  it('are asked for by market', async () => {
    await list.run('fake', { market: 'SE', limit: 1 });
    expect(provider.script.callsTo('institutions.list')[0]?.args).toEqual(['SE']);
  });

  it('are not there when the provider says why', async () => {
    provider.script.override(
      'institutions.list',
      fail({ code: 'provider.timeout', message: '', mayHaveHappened: false }),
    );
    await expect(list.run('fake', { limit: 1 })).rejects.toMatchObject({ code: 'provider.timeout' });
    provider.script.clearOverrides();
    await expect(list.run('nobody', { limit: 1 })).rejects.toMatchObject({ code: 'provider.unknown' });
    await expect(list.run('fake', { limit: 1, cursor: '?' })).rejects.toMatchObject({ code: 'request.invalid_cursor' });
  });
});
