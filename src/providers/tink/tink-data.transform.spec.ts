import { readFileSync } from 'node:fs';

import type { Money } from '../../credentials/account-data.js';
import { exactJsonIn, parsed, type Shape } from '../../platform/http/json-shape.js';
import { readAccount, readCoverage, readTransaction } from './tink-data.bodies.js';
import { toAccount, toTransaction } from './tink-data.transform.js';
import type { TinkTransaction } from './tink-data.types.js';

const sek = (amount: string): Money => ({ amount, currency: 'SEK' });
/** As text: reading it as JSON would lose digits. */
const captured = (name: string) =>
  readFileSync(new URL(`../../../test/fixtures/tink/${name}.json`, import.meta.url), 'utf8');
const body = <T>(value: unknown, read: (shape: Shape) => T): T | undefined =>
  parsed(exactJsonIn(JSON.stringify(value)), read);
const items = <T>(name: string, key: string, read: (shape: Shape) => T): readonly T[] =>
  parsed(exactJsonIn(captured(name)), (shape) => shape.list(key, read)) ?? [];

describe("Tink's accounts", () => {
  const accounts = items('accounts', 'accounts', readAccount).map((account) => {
    const { vendorId, iban, number, ...rest } = toAccount(account);
    return { ...rest, ids: [vendorId, iban, number].map((value) => value?.reveal('test') ?? null) };
  });

  it('keep every digit, whatever way it is written', () => {
    expect(accounts.map(({ balances }) => balances)).toEqual([
      [
        { kind: 'booked', money: sek('12345.67') },
        { kind: 'available', money: sek('12000.00') },
      ],
      [{ kind: 'booked', money: sek('25000') }],
      [
        { kind: 'booked', money: { amount: '-49.90', currency: 'EUR' } },
        { kind: 'credit_limit', money: { amount: '90071992547409.93', currency: 'EUR' } },
      ],
      [],
    ]);
  });

  it('have kinds, names and currencies', () => {
    expect(accounts.map(({ kind, name, currency, holderName }) => [kind, name, currency, holderName])).toEqual([
      ['checking', 'Lönekonto', 'SEK', null],
      ['savings', 'Sparkonto', 'SEK', null],
      ['credit_card', null, 'EUR', null],
      ['other', null, 'XXX', null],
    ]);
  });

  it('have numbers as the bank gives them, and an IBAN without spaces', () => {
    expect(accounts.map(({ ids }) => ids)).toEqual([
      ['a6bb87e57a8c4dd4874b241471a2b9e8', 'SE4550000000058398257466', '1234-1'],
      ['b1', null, '12345678'],
      ['c1', null, '5311********1234'],
      ['d1', null, null],
    ]);
  });

  it('have the time of their last refresh', () => {
    expect(accounts.map(({ asOf }) => asOf?.toISOString() ?? null)).toEqual([
      '2026-01-05T08:00:00.000Z',
      '2026-01-05T08:00:02.500Z',
      null,
      null,
    ]);
  });

  const account = { id: 'a', type: 'CHECKING' };
  const booked = (amount: unknown) => ({ ...account, balances: { booked: { amount } } });
  it.each([
    ['no id', { type: 'CHECKING' }],
    ['a currency that is none', booked({ currencyCode: 'sek', value: { unscaledValue: '1', scale: '2' } })],
    ['a broken unscaled value', booked({ currencyCode: 'SEK', value: { unscaledValue: '1.5', scale: '2' } })],
    ['no scale', booked({ currencyCode: 'SEK', value: { unscaledValue: '1' } })],
    ['a bare number', booked(12.5)],
  ])('with %s are refused', (_what, value) => {
    expect(body(value, readAccount)).toBeUndefined();
  });
});

describe("Tink's transactions", () => {
  const transactions = items('transactions', 'transactions', readTransaction).map(toTransaction);

  it('are booked or pending, on a day', () => {
    expect(transactions.map((one) => [one?.status, one?.day, one?.valueDay])).toEqual([
      ['booked', '2026-01-03', '2026-01-04'],
      ['pending', '2026-01-05', null],
      ['booked', '2026-01-01', null],
      ['pending', '2026-01-06', '2026-01-06'],
    ]);
  });

  it('keep their amounts, and name whoever is on the other side', () => {
    expect(transactions.map((one) => [one?.money.amount, one?.counterparty, one?.description])).toEqual([
      ['-49.90', 'Butik', 'KORTKOP BUTIK'],
      ['30000.00', 'Arbetsgivaren', 'LÖN'],
      ['-1000', 'Banken', 'Avgift'],
      ['0.5', null, ''],
    ]);
  });

  const one: TinkTransaction = {
    ...{ id: 't', accountId: 'a', status: 'BOOKED', amount: sek('1.00'), description: '', payer: null, payee: null },
    ...{ bookedDay: null, madeDay: null, valueDay: null },
  };
  it('without any day cannot be placed', () => {
    expect(toTransaction(one)).toBeUndefined();
    expect(toTransaction({ ...one, valueDay: '2026-01-01' })).toMatchObject({ status: 'booked', day: '2026-01-01' });
  });

  it('in a status that nobody knows are booked only with a booking day', () => {
    const odd = { ...one, status: 'SETTLED', madeDay: '2026-01-01' };
    expect(toTransaction(odd)).toMatchObject({ status: 'pending' });
    expect(toTransaction({ ...odd, bookedDay: '2026-01-02' })).toMatchObject({ status: 'booked', day: '2026-01-02' });
    expect(toTransaction({ ...odd, status: 'PENDING', bookedDay: '2026-01-02' })).toMatchObject({
      status: 'pending',
      day: '2026-01-01',
    });
  });

  it('do not take days that are none', () => {
    const amount = { currencyCode: 'SEK', value: { unscaledValue: '1', scale: '2' } };
    const read = (dates: unknown) => body({ id: 't', accountId: 'a', amount, dates }, readTransaction);
    expect(read({ booked: '2026-13-41', value: 'soon', transaction: '' })).toMatchObject({
      ...{ bookedDay: null, valueDay: null, madeDay: null },
    });
    expect(read({ booked: 20_260_101 })).toBeUndefined();
  });
});

describe("Tink's consents", () => {
  it('say which accounts they cover, or do not say', () => {
    const consent = { credentialsId: 'c', status: 'UPDATED' };
    expect(body({ ...consent, accountIds: ['a', 'b'] }, readCoverage)).toMatchObject({ accountIds: ['a', 'b'] });
    for (const accountIds of [undefined, null, 'a', [1], {}]) {
      expect(body({ ...consent, accountIds }, readCoverage)).toMatchObject({ accountIds: null });
    }
  });
});
