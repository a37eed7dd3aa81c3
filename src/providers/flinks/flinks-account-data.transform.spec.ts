import { exactJsonIn, parsed } from '../../platform/http/json-shape.js';
import { fixtureText } from '../../../test/fixtures/flinks/fixture.js';
import { toPage } from './flinks-account-data.transform.js';
import { readAccounts } from './flinks-data.bodies.js';

const AS_OF = new Date('2026-01-05T14:05:30.765Z');
const accountsIn = (text: string) => parsed(exactJsonIn(text), readAccounts) ?? [];
const many = () => toPage(accountsIn(fixtureText('accounts-detail-many-200')), AS_OF, false);
const revealed = (secret: { reveal(reason: string): string } | null | undefined) => secret?.reveal('test') ?? null;
const one = (transaction: string, more = '') =>
  toPage(accountsIn(`{"Accounts":[{"Id":"a","Currency":"CAD"${more},"Transactions":${transaction}}]}`), null, false)
    .page;

describe("a page of Flinks' details", () => {
  it('has every account with its kind, owner, number and balances', () => {
    const { accounts } = many().page;
    expect(
      accounts.map((account) => ({
        ...account,
        vendorId: revealed(account.vendorId),
        number: revealed(account.number),
      })),
    ).toEqual([
      {
        ...{ vendorId: 'a1b2c3d4-0000-4000-8000-000000000001', kind: 'checking', name: 'Chequing CAD' },
        ...{ holderName: 'Ana Test', currency: 'CAD', iban: null, number: '1000001', asOf: AS_OF },
        balances: [
          { kind: 'booked', money: { amount: '958.9', currency: 'CAD' } },
          { kind: 'available', money: { amount: '900.0', currency: 'CAD' } },
        ],
      },
      {
        ...{ vendorId: 'a1b2c3d4-0000-4000-8000-000000000002', kind: 'credit_card', name: 'Credit card' },
        ...{ holderName: null, currency: 'USD', iban: null, number: '4500********0042', asOf: AS_OF },
        balances: [
          { kind: 'booked', money: { amount: '-12.5', currency: 'USD' } },
          { kind: 'credit_limit', money: { amount: '5000', currency: 'USD' } },
        ],
      },
      {
        ...{ vendorId: 'a1b2c3d4-0000-4000-8000-000000000003', kind: 'other', name: null },
        ...{ holderName: null, currency: 'CAD', iban: null, number: null, asOf: AS_OF, balances: [] },
      },
    ]);
  });

  it('has every transaction once, to the last digit, and as booked', () => {
    const { transactions } = many().page;
    expect(
      transactions.map(({ vendorId, money, day, description, balanceAfter, status }) => [
        ...[
          revealed(vendorId)?.slice(-2) ?? null,
          money.amount,
          money.currency,
          day,
          description,
          balanceAfter,
          status,
        ],
      ]),
    ).toEqual([
      ['01', '-41.10', 'CAD', '2026-01-04', 'GROCER 12', '9007199254740993.01', 'booked'],
      [null, '200000.0', 'CAD', '2026-01-03', '', null, 'booked'],
      ['03', '-0.2', 'CAD', '2026-01-02', 'FEE AND REFUND', '0', 'booked'],
    ]);
    expect(new Set(transactions.map(({ accountVendorId }) => revealed(accountVendorId)?.slice(-1)))).toEqual(
      new Set(['1']),
    );
  });

  it('counts words that nobody knows, and says what of the data is missing', () => {
    const { page, strange } = many();
    expect(strange).toEqual([
      { kind: 'account type', word: 'Crypto' },
      { kind: 'account currency', word: 'NONE' },
    ]);
    expect(page).toMatchObject({ missing: [], holdings: [], next: null, dataAsOf: AS_OF });
  });

  it('takes an account that comes twice once', () => {
    const accounts = accountsIn(fixtureText('accounts-detail-many-200'));
    const { page } = toPage([...accounts, ...accounts], AS_OF, false);
    expect([page.accounts.length, page.transactions.length]).toEqual([3, 3]);
  });

  const good = '{"Id":"t","Date":"2026-01-04","Credit":1}';
  it.each([
    `{"Id":"u","Date":"2026-01-04","Credit":"much"}`,
    `{"Id":"u","Date":"2026-01-04"}`,
    `{"Id":"u","Date":"2026-02-30","Credit":1}`,
    `{"Id":"u","Date":"soon","Credit":1}`,
    `{"Id":"u","Credit":1}`,
    `7`,
  ])('leaves out and counts the transaction %s, and gives the others', (odd) => {
    const page = one(`[${good},${odd}]`);
    expect(page).toMatchObject({ accounts: [{}], transactions: [{}], missing: [], unreadable: 1 });
  });

  it.each(['null', '{}'])('says that transactions are missing where their list is %s', (transactions) => {
    expect(one(transactions)).toMatchObject({
      ...{ accounts: [{}], transactions: [], missing: ['transactions'], unreadable: 0 },
    });
  });

  it('says that transactions are missing where none were asked for', () => {
    expect(one('[]').missing).toEqual([]);
    expect(toPage(accountsIn('{"Accounts":[{"Id":"a","Transactions":[]}]}'), null, true).page.missing).toEqual([
      'transactions',
    ]);
  });

  it('shows no id and no number', () => {
    const said = JSON.stringify(many().page);
    for (const secret of ['a1b2c3d4', '5f0c2a1e', '1000001', '4500****']) expect(said).not.toContain(secret);
  });
});
