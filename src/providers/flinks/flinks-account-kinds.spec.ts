import { kindOf } from './flinks-account-kinds.js';

describe('the kind of an account', () => {
  it.each([
    ['Chequing', 'Operations', null, 'checking', null],
    ['LineOfCredit', 'Credits', null, 'loan', null],
    ['Line of Credit', 'Credits', null, 'loan', null],
    ['RRSP', 'Products', null, 'pension', null],
    [null, 'Operations', null, 'checking', null],
    [null, 'Credits', '4500********0042', 'credit_card', null],
    [null, 'Credits', '1000002', 'loan', null],
    ['', 'Products', null, 'investment', null],
    [null, 'Other', null, 'other', null],
    [null, null, null, 'other', null],
    // A type that nobody knows is counted; the category still tells.
    ['Metaverse', 'Operations', null, 'checking', 'Metaverse'],
    [null, 'Crypto', null, 'other', 'Crypto'],
    ['toString', 'constructor', null, 'other', 'toString'],
  ])('of type %s and category %s is known', (type, category, accountNumber, kind, unknownWord) => {
    expect(kindOf({ type, category, accountNumber })).toEqual({ kind, unknownWord });
  });
});
