import { BANKS } from '../bank/banks.js';
import { type FilterRule, filterConnectors } from './connector-filter.js';

const ids = (...rules: FilterRule[]) => filterConnectors(BANKS, rules).map(({ connectorId }) => connectorId);
const none: FilterRule = { action: 'exclude', field: 'connector_id', value: '*' };

describe('a connector filter', () => {
  it('without rules keeps all', () => {
    expect(ids()).toHaveLength(BANKS.length);
  });

  it('brings back out of all, in the order of the rules', () => {
    expect(ids(none)).toEqual([]);
    expect(ids(none, { action: 'include', field: 'countries', value: ['prt', 'fra'] })).toEqual([
      'prt:bancoexemplo',
      'fra:banquedemo',
    ]);
    const spain: FilterRule = { action: 'include', field: 'countries', value: ['esp'] };
    expect(ids(none, spain, { action: 'exclude', field: 'type', value: 'e-banking' })).toEqual(['esp:bancoficticio']);
    expect(ids(spain, none)).toEqual([]);
  });

  it('takes the star for ids only', () => {
    expect(ids({ action: 'exclude', field: 'type', value: '*' })).toHaveLength(BANKS.length);
    expect(ids({ action: 'exclude', field: 'connector_id', value: 'esp:testbank' })).not.toContain('esp:testbank');
  });
});
