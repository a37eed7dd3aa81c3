import type { ProviderAccount, ProviderHolding, ProviderTransaction } from '../../src/credentials/account-data.js';
import type { CredentialRef } from '../../src/credentials/credential-ref.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { AccountDataBench, type Reading } from './account-data-bench.js';
import type { StartDataHarness } from './account-data-harness.js';
import type { Trouble } from './contract-harness.js';

const DECIMAL = /^-?\d+(\.\d+)?$/;
const CURRENCY = /^[A-Z]{3}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const IBAN = /^[A-Z]{2}\d{2}[A-Z0-9]{1,30}$/;

const TROUBLES: readonly (readonly [Trouble, ProviderFailure['code']])[] = [
  ['unavailable', 'provider.unavailable'],
  ['rate_limited', 'provider.rate_limited'],
  ['connection_lost', 'provider.unavailable'],
  ['nonsense', 'provider.bad_response'],
];

/** The behaviour of every provider's `AccountData`. */
export function describeAccountDataContract(name: string, start: StartDataHarness): void {
  describe(`${name} as account data`, () => {
    let bench: AccountDataBench;
    beforeEach(async () => {
      bench = await AccountDataBench.open(start);
    });
    afterEach(async () => bench.close());
    const connected = async (): Promise<CredentialRef> => bench.harness.connected(await bench.harness.user());

    describeReading(
      () => bench,
      connected,
      async (ref) => bench.harness.moreData(ref),
    );
    describeLimits(() => bench, connected);
    describeTrouble(() => bench, connected);
  });
}

function describeReading(
  at: () => AccountDataBench,
  connected: () => Promise<CredentialRef>,
  moreData: (ref: CredentialRef) => Promise<void>,
): void {
  it('gives the accounts and transactions of a fresh credential, each well formed', async () => {
    const reading = await at().read(await connected());
    expect(reading.accounts.length).toBeGreaterThan(0);
    expect(reading.transactions.length).toBeGreaterThan(0);
    reading.accounts.forEach(checkAccount);
    reading.transactions.forEach(checkTransaction);
    reading.holdings.forEach(checkHolding);
    expect([reading.missing, reading.unreadable]).toEqual([[], 0]);
  });

  it('says nothing of an account that it does not give, and nothing twice', async () => {
    const reading = await at().read(await connected());
    const accounts = reading.accounts.map(({ vendorId }) => vendorId.reveal('test'));
    expect(new Set(accounts).size).toBe(accounts.length);
    const known = new Set(accounts);
    for (const { accountVendorId } of [...reading.transactions, ...reading.holdings]) {
      expect(known.has(accountVendorId.reveal('test'))).toBe(true);
    }
    const ids = reading.transactions.flatMap(({ vendorId }) => (vendorId ? [vendorId.reveal('test')] : []));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has no number in it: amounts are exact texts', async () => {
    const { unreadable: _count, ...rows } = await at().read(await connected());
    expect(numbersIn(rows)).toEqual([]);
  });

  it('reads the same when nothing new came', async () => {
    const ref = await connected();
    const first = await at().read(ref);
    expect(plain(await at().read(ref))).toEqual(plain(first));
  });

  it('has what the provider has, before and after more came', async () => {
    const ref = await connected();
    const first = await at().read(ref);
    checkTruth(at(), ref, first);
    await moreData(ref);
    const second = await at().read(ref);
    checkTruth(at(), ref, second);
    expect(booked(second).length).toBeGreaterThan(booked(first).length);
  });

  it('hides no later day with `since`', async () => {
    const ref = await connected();
    const all = await at().read(ref);
    const days = all.transactions.map(({ day }) => day).sort();
    const since = days[Math.floor(days.length / 2)] ?? '';
    const late = plain(await at().read(ref, since)).transactions;
    for (const transaction of plain(all).transactions.filter(({ day }) => day >= since)) {
      expect(late).toContainEqual(transaction);
    }
    const future = await at().read(ref, '2199-01-01');
    expect(future.accounts).toHaveLength(all.accounts.length);
  });
}

function describeLimits(at: () => AccountDataBench, connected: () => Promise<CredentialRef>): void {
  it('never gives the data of another credential of the same user', async () => {
    const { harness } = at();
    const user = await harness.user();
    const one = await harness.connected(user);
    const other = await harness.connected(user);
    const mine = await at().read(one);
    const theirs = await at().read(other);
    checkTruth(at(), one, mine);
    checkTruth(at(), other, theirs);
    expect(theirs.accounts.length).toBeGreaterThan(0);
    const overlap = new Set(mine.accounts.map(({ vendorId }) => vendorId.reveal('test')));
    for (const { vendorId } of theirs.accounts) expect(overlap.has(vendorId.reveal('test'))).toBe(false);
    await harness.remove(other);
    expect(plain(await at().read(one))).toEqual(plain(mine));
    expect(await at().failure(other)).toMatchObject({ code: 'credential.not_found', mayHaveHappened: false });
  });

  it('finds no deleted credential', async () => {
    const ref = await connected();
    await at().harness.remove(ref);
    expect(await at().failure(ref)).toMatchObject({ code: 'credential.not_found', mayHaveHappened: false });
  });

  it('finds no credential that never was', async () => {
    const nobody = { user: await at().harness.user(), credentialId: new Opened('0'.repeat(32)) };
    expect(await at().failure(nobody)).toMatchObject({ code: 'credential.not_found' });
  });

  it('takes no cursor that it did not give', async () => {
    const ref = await connected();
    for (const cursor of [
      '',
      'x',
      '{"at":-1}',
      '[]',
      '{}',
      'null',
      '../../x',
      '{"v":1,"accounts":["somebody-else"]}',
    ]) {
      expect(await at().failureOf(ref, new Opened(cursor))).toMatchObject({ mayHaveHappened: false });
    }
  });
}

function describeTrouble(at: () => AccountDataBench, connected: () => Promise<CredentialRef>): void {
  it.each(TROUBLES)('%s is %s, and all is well afterwards', async (trouble, code) => {
    const ref = await connected();
    at().harness.troubleData(trouble);
    expect(await at().failure(ref)).toMatchObject({ code, mayHaveHappened: false });
    at().harness.clearTroubles();
    checkTruth(at(), ref, await at().read(ref));
  });

  it('honours the time that the provider asks for', async () => {
    const ref = await connected();
    at().harness.troubleData('rate_limited_for_a_minute');
    const retryAt = new Date(at().harness.now().getTime() + 60_000);
    expect(await at().failure(ref)).toMatchObject({ code: 'provider.rate_limited', retryAt });
  });

  it('a caller who gives up is answered at once', async () => {
    const ref = await connected();
    const before = await at().failure(ref, { signal: AbortSignal.abort() });
    expect(before).toMatchObject({ code: 'provider.aborted', mayHaveHappened: false });
    at().harness.troubleData('hang');
    const caller = new AbortController();
    const during = at().failure(ref, { signal: caller.signal });
    await at().harness.hanging();
    caller.abort();
    expect(await during).toMatchObject({ code: 'provider.aborted', mayHaveHappened: false });
  });

  it('has a deadline of its own', async () => {
    const ref = await connected();
    at().harness.troubleData('hang');
    const late = new AbortController();
    const timedOut = at().failure(ref, { signal: late.signal });
    await at().harness.hanging();
    late.abort(new DOMException('The deadline passed.', 'TimeoutError'));
    expect(await timedOut).toMatchObject({ code: 'provider.timeout', mayHaveHappened: false });
  });
}

function checkAccount(account: ProviderAccount): void {
  expect(account.vendorId.reveal('test')).not.toBe('');
  expect(account.currency).toMatch(CURRENCY);
  if (account.iban) expect(account.iban.reveal('test')).toMatch(IBAN);
  const kinds = account.balances.map(({ kind }) => kind);
  expect(new Set(kinds).size).toBe(kinds.length);
  for (const { money } of account.balances) checkMoney(money);
}

function checkTransaction({ money, day, valueDay, status, balanceAfter }: ProviderTransaction): void {
  checkMoney(money);
  expect(day).toMatch(DAY);
  if (valueDay !== null) expect(valueDay).toMatch(DAY);
  if (balanceAfter !== null) expect(balanceAfter).toMatch(DECIMAL);
  expect(['booked', 'pending']).toContain(status);
}

function checkHolding({ quantity, price, marketValue, costBasis }: ProviderHolding): void {
  if (quantity !== null) expect(quantity).toMatch(DECIMAL);
  for (const money of [price, marketValue, costBasis]) if (money) checkMoney(money);
}

function checkMoney({ amount, currency }: { readonly amount: string; readonly currency: string }): void {
  expect(amount).toMatch(DECIMAL);
  expect(currency).toMatch(CURRENCY);
}

function checkTruth(bench: AccountDataBench, ref: CredentialRef, reading: Reading): void {
  const truth = bench.harness.truth(ref);
  if (!truth) return;
  expect(reading.accounts).toHaveLength(truth.accounts);
  expect(booked(reading)).toHaveLength(truth.booked);
  for (const [currency, sum] of truth.bookedSums) {
    const amounts = booked(reading).flatMap(({ money }) => (money.currency === currency ? [money.amount] : []));
    expect(`${currency} ${total(amounts)}`).toBe(`${currency} ${total([sum])}`);
  }
}

const booked = ({ transactions }: Reading): readonly ProviderTransaction[] =>
  transactions.filter(({ status }) => status === 'booked');

const SCALE = 12;

/** Exact: in units of 10^-12. */
function total(amounts: readonly string[]): bigint {
  return amounts.reduce((sum, amount) => {
    const [whole = '0', fraction = ''] = amount.replace('-', '').split('.');
    const units = BigInt(whole + fraction.padEnd(SCALE, '0'));
    return amount.startsWith('-') ? sum - units : sum + units;
  }, 0n);
}

/** With the ids in the clear, for comparing. */
function plain<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Opened) return value.reveal('test') as T;
  if (Array.isArray(value)) return value.map(plain) as T;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item as unknown)])) as T;
}

function numbersIn(value: unknown, path = ''): readonly string[] {
  if (typeof value === 'number' || typeof value === 'bigint') return [path];
  if (typeof value !== 'object' || value === null || value instanceof Date) return [];
  return Object.entries(value).flatMap(([key, item]) => numbersIn(item, `${path}/${key}`));
}
