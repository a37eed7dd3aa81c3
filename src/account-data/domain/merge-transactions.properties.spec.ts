import fc from 'fast-check';

import { addDays, earliest, latest } from './day.js';
import { mergeTransactions } from './merge-transactions.js';
import { readSince } from './reading-window.js';
import type { IncomingTransaction, KnownTransaction, TransactionFacts } from './transaction.js';

type Step =
  | {
      readonly kind: 'buy';
      readonly pending: boolean;
      readonly amount: string;
      readonly text: string;
      readonly ago: number;
    }
  | {
      readonly kind: 'book';
      readonly which: number;
      readonly later: number;
      readonly keepsId: boolean;
      readonly says: boolean;
    }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'remint' }
  | { readonly kind: 'pass'; readonly days: number }
  | { readonly kind: 'read'; readonly seed: number; readonly repeats: boolean; readonly full: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('buy' as const),
      pending: fc.boolean(),
      amount: fc.constantFrom('-5.00', '-5', '20.10'),
      text: fc.constantFrom('COFFEE BAR', 'coffee  bar', 'RENT'),
      ago: fc.nat(3),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('book' as const),
      which: fc.nat(20),
      later: fc.nat(3),
      keepsId: fc.boolean(),
      says: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'remint' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), days: fc.nat(40) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      seed: fc.nat(),
      repeats: fc.boolean(),
      full: fc.boolean(),
    }),
  },
);

interface AtBank {
  id: string | null;
  replaces: string | null;
  status: 'booked' | 'pending';
  readonly amount: string;
  text: string;
  day: string;
}

/** A bank account that changes, and our copy of it, which only ever sees readings. */
class World {
  today = '2026-01-01';
  readonly bank: AtBank[] = [];
  ours: KnownTransaction[] = [];
  private reminted = false;
  private count = 0;

  constructor(private readonly givesIds: boolean) {}

  take(each: Step): void {
    if (each.kind === 'pass') this.pass(each.days);
    else if (each.kind === 'buy') this.buy(each);
    else if (each.kind === 'book') this.book(each);
    else if (each.kind === 'cancel') this.cancel(each.which);
    else if (each.kind === 'remint') this.remint();
    else this.read(each);
  }

  /** No bank keeps a transaction pending for two months. */
  private pass(days: number): void {
    this.today = addDays(this.today, days);
    const oldest = addDays(this.today, -59);
    for (const each of this.bank.filter(({ status, day }) => status === 'pending' && day < oldest)) {
      this.bank.splice(this.bank.indexOf(each), 1);
    }
  }

  private id(): string | null {
    this.count += 1;
    return this.givesIds ? `v${this.count}` : null;
  }

  private buy({ pending, amount, text, ago }: Extract<Step, { kind: 'buy' }>): void {
    const status = pending ? 'pending' : 'booked';
    this.bank.push({ id: this.id(), replaces: null, status, amount, text, day: addDays(this.today, -ago) });
  }

  private pending(which: number): AtBank | undefined {
    const open = this.bank.filter(({ status }) => status === 'pending');
    return open[which % Math.max(open.length, 1)];
  }

  private book({ which, later, keepsId, says }: Extract<Step, { kind: 'book' }>): void {
    const open = this.pending(which);
    if (!open) return;
    const before = open.id;
    if (!keepsId) open.id = this.id();
    // Nothing is booked in the future.
    const day = earliest([addDays(open.day, later), this.today]);
    Object.assign(open, { status: 'booked', text: `${open.text} CARD 1234`, day });
    open.replaces = says && !keepsId ? before : null;
  }

  private cancel(which: number): void {
    const open = this.pending(which);
    if (open) this.bank.splice(this.bank.indexOf(open), 1);
  }

  private remint(): void {
    for (const each of this.bank) Object.assign(each, { id: this.id(), replaces: null });
    this.reminted = true;
  }

  private read({ seed, repeats, full }: Extract<Step, { kind: 'read' }>): void {
    const booked = this.ours.filter(({ status }) => status === 'booked').map(({ day }) => day);
    const pending = this.ours.filter(({ status }) => status === 'pending').map(({ day }) => day);
    const since = full ? null : readSince(latest(booked), earliest(pending));
    const seen = this.bank.filter(({ day }) => since === null || day >= since).map(incoming);
    const twice = repeats && this.givesIds ? [...seen, ...seen.slice(0, 2)] : seen;
    const from = earliest(twice.map(({ day }) => day));
    const known = this.ours.filter(({ status, day }) => status === 'pending' || (from !== null && day >= from));
    const reidentified = new Set(this.reminted ? ['acc'] : []);
    const merge = mergeTransactions(known, shuffled(twice, seed), { whole: true, since, reidentified });
    const removed = new Set(merge.removed);
    const changes = new Map(merge.changed.map((change) => [change.id, change]));
    this.ours = this.ours
      .filter(({ id }) => !removed.has(id))
      .map((row) => {
        const change = changes.get(row.id);
        return change ? { ...row, ...change.facts, ordinal: change.ordinal } : row;
      });
    for (const { facts, ordinal } of merge.added) {
      this.count += 1;
      this.ours.push({ ...facts, ordinal, id: `our-${this.count}`, seenInReading: false });
    }
    this.reminted = false;
  }
}

function incoming({ id, replaces, status, amount, text, day }: AtBank): IncomingTransaction {
  const rest = { valueDay: null, counterparty: null, balanceAfter: null, accountId: 'acc', currency: 'EUR' };
  return { ...rest, vendorLookup: id, replacesLookup: replaces, status, amount, day, description: text };
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const keyed = items.map((item, index) => ({ item, key: Math.sin(seed + index * 7919) }));
  return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item);
}

const lines = (rows: readonly TransactionFacts[]) =>
  rows
    .map(
      ({ status, amount, description, day }) =>
        `${day} ${status} ${Number(amount)} ${description.toLowerCase().replace(/ +/g, ' ')}`,
    )
    .sort();

describe('any sequence of readings', () => {
  it.each([true, false])('ends with what the bank has: nothing double, nothing lost (ids: %s)', (givesIds) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 3, maxLength: 40 }), (steps) => {
        const world = new World(givesIds);
        for (const each of steps) world.take(each);
        world.take({ kind: 'read', seed: 1, repeats: true, full: false });
        expect(lines(world.ours)).toEqual(lines(world.bank.map(incoming)));
      }),
      { numRuns: 400 },
    );
  });

  it('says nothing new the second time', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(step, { maxLength: 30 }), fc.nat(), (givesIds, steps, seed) => {
        const world = new World(givesIds);
        for (const each of steps) world.take(each);
        world.take({ kind: 'read', seed, repeats: false, full: false });
        const before = structuredClone(world.ours);
        world.take({ kind: 'read', seed: seed + 1, repeats: false, full: false });
        expect(world.ours).toEqual(before);
        // New ids of old ones are seen only now; what happened is the same.
        world.take({ kind: 'read', seed: seed + 2, repeats: false, full: true });
        expect(lines(world.ours)).toEqual(lines(before));
      }),
    );
  });

  it('keeps every id of ours when a renewal makes new ones at the vendor', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const world = new World(true);
        for (const each of steps) world.take(each);
        world.take({ kind: 'read', seed: 3, repeats: false, full: false });
        const before = world.ours.map(({ id }) => id);
        world.take({ kind: 'remint' });
        world.take({ kind: 'read', seed: 4, repeats: false, full: true });
        expect(world.ours.map(({ id }) => id)).toEqual(before);
      }),
    );
  });

  it('gives no number twice to transactions of equal content', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const world = new World(false);
        for (const each of steps) {
          world.take(each);
          const keys = world.ours.map((row) =>
            [row.day, Number(row.amount), row.description.toLowerCase().replace(/ +/g, ' '), row.ordinal].join('|'),
          );
          expect(new Set(keys).size).toBe(keys.length);
        }
      }),
    );
  });
});
