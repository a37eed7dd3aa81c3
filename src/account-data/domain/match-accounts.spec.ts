import type { IncomingAccount, KnownAccount } from './account.js';
import { accountChanged, isMasked, spelledNumber } from './account.js';
import { matchAccounts } from './match-accounts.js';

const facts = {
  kind: 'checking',
  name: 'Everyday',
  holderName: null,
  currency: 'EUR',
  balances: [],
  asOf: null,
} as const;

function theirs(vendorLookup: string, changes: Partial<IncomingAccount> = {}): IncomingAccount {
  return { ...facts, vendorLookup, ibanLookup: null, numberLookup: null, numberMasked: false, ...changes };
}

function ours(id: string, changes: Partial<KnownAccount> = {}): KnownAccount {
  return { ...theirs(`vendor-of-${id}`), id, closedAt: null, lastSeenAt: new Date(0), ...changes };
}

/** `id=vendor` for the same account, `+vendor` for a new one, `?vendor(ids)` for a question, `-id` for one that vanished. */
function told(known: readonly KnownAccount[], incoming: readonly IncomingAccount[]): string[] {
  const { matches, added, vanished } = matchAccounts(known, incoming);
  return [
    ...matches.map((match) => `${match.known.id}=${match.incoming.vendorLookup}`),
    ...added.map(({ incoming: { vendorLookup }, candidates }) =>
      candidates.length === 0 ? `+${vendorLookup}` : `?${vendorLookup}(${candidates.join(',')})`,
    ),
    ...vanished.map(({ id }) => `-${id}`),
  ].sort();
}

describe('accounts of a reading', () => {
  const iban = { ibanLookup: 'iban-1' };
  const number = { numberLookup: 'number-1' };
  const masked = { numberLookup: 'masked-1', numberMasked: true };

  it.each<[string, KnownAccount[], IncomingAccount[], string[]]>([
    ['the id of the vendor', [ours('a')], [theirs('vendor-of-a')], ['a=vendor-of-a']],
    ['the IBAN', [ours('a', iban)], [theirs('new', iban)], ['a=new']],
    ['the number and currency', [ours('a', number)], [theirs('new', number)], ['a=new']],
    ['a masked number, name and currency', [ours('a', masked)], [theirs('new', masked)], ['a=new']],
  ])('are found by %s', (_how, known, incoming, expected) => {
    expect(told(known, incoming)).toEqual(expected);
  });

  it.each<[string, KnownAccount[], IncomingAccount[], string[]]>([
    ['another currency of the same IBAN', [ours('a', iban)], [theirs('n', { ...iban, currency: 'USD' })], ['+n', '-a']],
    [
      'another IBAN with the same number',
      [ours('a', { ...iban, ...number })],
      [theirs('n', { ...number, ibanLookup: 'iban-2' })],
      ['+n', '-a'],
    ],
    [
      'a masked number under another name',
      [ours('a', masked)],
      [theirs('n', { ...masked, name: 'Savings' })],
      ['+n', '-a'],
    ],
  ])('are new in spite of %s', (_what, known, incoming, expected) => {
    expect(told(known, incoming)).toEqual(expected);
  });

  it('shares an IBAN among currencies without mixing them up', () => {
    const known = [ours('eur', iban), ours('usd', { ...iban, currency: 'USD' })];
    const incoming = [theirs('n-usd', { ...iban, currency: 'USD' }), theirs('n-eur', iban)];
    expect(told(known, incoming)).toEqual(['eur=n-eur', 'usd=n-usd']);
  });

  it('tells two of one number apart by name', () => {
    const known = [ours('a', { ...number, name: 'Main' }), ours('b', { ...number, name: 'Card' })];
    const incoming = [theirs('n-b', { ...number, name: 'card ' }), theirs('n-a', { ...number, name: 'MAIN' })];
    expect(told(known, incoming)).toEqual(['a=n-a', 'b=n-b']);
  });

  it('asks instead of guessing when several fit', () => {
    const known = [ours('a', masked), ours('b', masked)];
    expect(told(known, [theirs('n', masked)])).toEqual(['-a', '-b', '?n(a,b)']);
    expect(told([ours('a', masked)], [theirs('n', masked), theirs('m', masked)])).toEqual(['-a', '?m(a)', '?n(a)']);
  });

  it('asks when nothing but the name speaks for it', () => {
    expect(told([ours('a')], [theirs('n')])).toEqual(['-a', '?n(a)']);
  });

  it('does not take an account that the vendor itself recognises', () => {
    expect(told([ours('a', masked)], [theirs('vendor-of-a', masked), theirs('n', masked)])).toEqual([
      '+n',
      'a=vendor-of-a',
    ]);
  });
});

describe('an account', () => {
  it.each([
    ['DE89 3704 0044', 'DE8937040044'],
    ['**** 1234', '*1234'],
    ['XXXX-XXXX-1234', '*1234'],
    ['•••1234', '*1234'],
  ])('has one spelling: %s', (written, spelled) => {
    expect(spelledNumber(written)).toBe(spelled);
  });

  it.each([
    ['****1234', true],
    ['1234', true],
    ['12345678', false],
  ])('says little by a masked number: %s %s', (number, masked) => {
    expect(isMasked(number)).toBe(masked);
  });

  it('changes by what it says, not by how it is written or when', () => {
    const balance = { kind: 'booked', amount: '10.50', currency: 'EUR' } as const;
    const known = ours('a', { vendorLookup: 'v', balances: [balance] });
    const same = theirs('v', { balances: [{ ...balance, amount: '10.5' }], asOf: new Date(0) });
    expect(accountChanged(known, same)).toBe(false);
    expect(accountChanged(known, theirs('v', { balances: [{ ...balance, amount: '10.51' }] }))).toBe(true);
    expect(accountChanged({ ...known, closedAt: new Date(0) }, same)).toBe(true);
  });
});
