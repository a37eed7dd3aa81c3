import { matchTransactions, type ReadingFacts } from './match-transactions.js';
import type { IncomingTransaction, KnownTransaction, TransactionFacts } from './transaction.js';

const WHOLE: ReadingFacts = { whole: true, since: '2026-11-01', reidentified: new Set() };
const facts = {
  ...{ accountId: 'acc', vendorLookup: null, status: 'booked', amount: '-5.00', currency: 'EUR', day: '2026-11-10' },
  ...{ valueDay: null, description: 'COFFEE BAR', counterparty: null, balanceAfter: null },
} as const satisfies TransactionFacts;

const ours = (id: string, changes: Partial<KnownTransaction> = {}): KnownTransaction => ({
  ...facts,
  id,
  ordinal: 0,
  seenInReading: false,
  ...changes,
});
const theirs = (changes: Partial<IncomingTransaction> = {}): IncomingTransaction => ({
  ...facts,
  replacesLookup: null,
  ...changes,
});

function told(known: KnownTransaction[], incoming: IncomingTransaction[], reading = WHOLE) {
  const { matches, added, removed } = matchTransactions(known, incoming, reading);
  return { same: matches.map(([{ id }]) => id).sort(), added: added.length, removed: removed.map(({ id }) => id) };
}

const found = (id: string) => ({ same: [id], added: 0, removed: [] });
const apart = (removed: string[] = []) => ({ same: [], added: 1, removed });

describe('a pending transaction', () => {
  const pending = { status: 'pending', vendorLookup: 'p' } as const;

  it.each<[string, Partial<KnownTransaction>, Partial<IncomingTransaction>]>([
    ['the vendor’s id', pending, { vendorLookup: 'p', description: 'ANYTHING', day: '2026-11-30' }],
    ['what it replaces', pending, { vendorLookup: 'b', replacesLookup: 'p', amount: '-5.10', description: 'ELSE' }],
    ['its content', { status: 'pending' }, {}],
    [
      'a reworded text some days later',
      pending,
      { vendorLookup: 'b', description: 'Coffee Bar 10.11. Card 99', day: '2026-11-17' },
    ],
    ['a text without words', { ...pending, description: '1234' }, { vendorLookup: 'b', description: 'COFFEE' }],
  ])('is found in its booking by %s', (_how, known, incoming) => {
    expect(told([ours('x', known)], [theirs(incoming)])).toEqual(found('x'));
  });

  it.each<[string, Partial<IncomingTransaction>]>([
    ['another amount', { amount: '-5.01' }],
    ['another currency', { currency: 'SEK' }],
    ['another account', { accountId: 'other' }],
    ['a day too far', { day: '2026-11-18' }],
    ['another text', { description: 'RENT' }],
  ])('is not found in a booking with %s, and goes', (_what, incoming) => {
    expect(told([ours('x', pending)], [theirs({ vendorLookup: 'b', ...incoming })])).toEqual(apart(['x']));
  });

  it('finds the booking that is most like it', () => {
    const known = [
      ours('far', { ...pending, vendorLookup: 'p1', day: '2026-11-04' }),
      ours('near', { ...pending, day: '2026-11-09' }),
    ];
    const { matches } = matchTransactions(known, [theirs({ vendorLookup: 'b' })], WHOLE);
    expect(matches.map(([{ id }]) => id)).toEqual(['near']);
  });

  it('stays while the reading has not come to its end', () => {
    expect(told([ours('x', pending)], [], { ...WHOLE, whole: false })).toEqual({ same: [], added: 0, removed: [] });
  });
});

describe('a booked transaction', () => {
  it('stays though the reading lacks it', () => {
    expect(told([ours('x')], [])).toEqual({ same: [], added: 0, removed: [] });
  });

  it('finds itself among others that differ in nothing but spelling, in whatever order they come', () => {
    const known = [ours('x', { description: 'COFFEE BAR' }), ours('y', { ordinal: 1, description: 'coffee  bar' })];
    const { matches } = matchTransactions(known, [theirs({ description: 'coffee  bar' }), theirs()], WHOLE);
    expect(matches.map(([one, other]) => one.description === other.description)).toEqual([true, true]);
  });

  it('is another one when the vendor gives both ids', () => {
    const known = [ours('x', { vendorLookup: 'v1' })];
    expect(told(known, [theirs({ vendorLookup: 'v1' }), theirs({ vendorLookup: 'v2' })])).toEqual({
      ...found('x'),
      added: 1,
    });
  });

  it('is known under a new id, but not on the first day, of which a reading may show a part', () => {
    const known = [ours('x', { vendorLookup: 'v1' })];
    expect(told(known, [theirs({ vendorLookup: 'v2' })])).toEqual(found('x'));
    expect(told(known, [theirs({ vendorLookup: 'v2' })], { ...WHOLE, since: '2026-11-10' })).toEqual(apart());
    const renewed = { ...WHOLE, since: '2026-11-10', reidentified: new Set(['acc']) };
    expect(told(known, [theirs({ vendorLookup: 'v2' })], renewed)).toEqual(found('x'));
  });

  it('gets an id later, and keeps its own among its likes', () => {
    const known = [ours('bakery', { counterparty: 'Bakery' }), ours('cafe', { counterparty: 'Cafe', ordinal: 1 })];
    const { matches } = matchTransactions(known, [theirs({ vendorLookup: 'v1', counterparty: 'Cafe' })], WHOLE);
    expect(matches.map(([{ id }]) => id)).toEqual(['cafe']);
  });

  it('is not the one that an earlier part of the same reading brought', () => {
    expect(told([ours('x', { seenInReading: true })], [theirs()])).toEqual(apart());
  });

  it('counts once when a vendor repeats its id, booked before pending', () => {
    const { added } = matchTransactions(
      [],
      [theirs({ vendorLookup: 'v' }), theirs({ vendorLookup: 'v', status: 'pending' })],
      WHOLE,
    );
    expect(added.map(({ status }) => status)).toEqual(['booked']);
  });
});
