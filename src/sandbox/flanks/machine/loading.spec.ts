import type { Credential } from './credential.js';
import { GROUPS, LOAD_STEPS } from './groups.js';
import { advance, born, scaDueAt } from './loading.js';
import { blocked, forced, needsSca, repaired, unblocked } from './repair.js';

const STEP = 1000;
const DAY = 86_400_000;
const START = Date.parse('2026-11-20T10:00:00.000Z');
const FOUR = Date.parse('2026-11-21T04:00:00.000Z');
const LOADED = LOAD_STEPS * STEP;

const fresh = (change: Partial<Credential> = {}): Credential => ({
  ...born(
    { id: 'cred-1', token: 't0k', bank: 'testbank', username: 'ana', externalId: null, challenge: null, failing: [] },
    START,
  ),
  ...change,
});
const at = (credential: Credential, time: number) => advance(credential, time, STEP);
const active = () => at(fresh(), START + LOADED);

describe('the first load', () => {
  it('takes one group after the other and ends pending last', () => {
    const seen = Array.from({ length: LOAD_STEPS + 1 }, (_, n) => at(fresh(), START + n * STEP));
    expect(seen.map(({ created }) => created.length)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 11]);
    expect(seen.map(({ pending }) => pending).indexOf(false)).toBe(LOAD_STEPS);
    expect(seen.at(-1)).toMatchObject({ created: GROUPS, lastUpdate: START + LOADED, load: null });
    expect(seen.at(-2)?.lastUpdate).toBeNull();
  });

  it('shows a group as failed when its turn came', () => {
    const failing = fresh({ failing: ['product.account'] });
    expect(at(failing, START + STEP).errored).toEqual([]);
    expect(at(failing, START + 2 * STEP)).toMatchObject({ errored: ['product.account'], pending: true });
    expect(at(failing, START + LOADED).errored).toEqual(['product.account']);
  });

  it('is the same however often one looks', () => {
    const once = at(fresh(), FOUR + 5 * DAY + LOADED);
    let often = fresh();
    for (let time = START; time <= FOUR + 5 * DAY + LOADED; time += 3_600_500) often = at(often, time);
    expect(at(often, FOUR + 5 * DAY + LOADED)).toEqual(once);
    expect(once.bankAttempts).toEqual({ total: 7, user: 1, daily: 6, lastAt: FOUR + 5 * DAY });
  });

  it('that is cut off by a block has failed for what is missing', () => {
    const cut = blocked(at(fresh(), START + 2 * STEP));
    expect(cut).toMatchObject({ pending: false, created: GROUPS, load: null });
    expect(cut.errored).toEqual(GROUPS.slice(2));
  });
});

describe('the daily update', () => {
  it('shows the old time until it is over', () => {
    expect(at(active(), FOUR - 1).bankAttempts.daily).toBe(0);
    expect(at(active(), FOUR)).toMatchObject({ lastUpdate: START + LOADED, bankAttempts: { daily: 1, lastAt: FOUR } });
    expect(at(active(), FOUR + LOADED)).toMatchObject({ lastUpdate: FOUR + LOADED, created: GROUPS, pending: false });
  });

  it.each([
    ['blocked', blocked],
    ['waiting for SCA', needsSca],
    ['whose SCA was forced', (credential: Credential) => forced(credential, 'sca')],
  ])('never tries the bank for credentials %s', (_, change) => {
    const resting = change(active());
    const later = at(resting, START + 400 * DAY);
    expect(later.bankAttempts).toEqual(resting.bankAttempts);
    expect(later.lastUpdate).toBe(START + LOADED);
  });

  it('goes on while only a reset or a transaction token was forced', () => {
    const both = forced(forced(active(), 'reset'), 'transaction');
    expect(at(both, FOUR)).toMatchObject({ blocked: false, bankAttempts: { daily: 1 } });
  });

  it('meets a second factor after 90 days and then rests', () => {
    const due = scaDueAt(active());
    expect(due).toBe(START + 90 * DAY);
    expect(at(active(), due).tokens.sca).toBeNull();
    const asked = at(active(), due + DAY);
    expect(asked.tokens.sca).toMatch(/^[0-9a-f]{40}$/);
    expect(asked).toMatchObject({ blocked: false, bankAttempts: { daily: 91 } });
    expect(at(asked, due + 30 * DAY).bankAttempts).toEqual(asked.bankAttempts);
  });

  it('finds out about a changed password with one attempt', () => {
    const found = at({ ...active(), bankAnswer: 'refuse' }, FOUR + 3 * DAY);
    expect(found).toMatchObject({ blocked: true, bankAttempts: { daily: 1, lastAt: FOUR }, load: null });
    expect(found.tokens.reset).not.toBeNull();
  });

  it('tries again the next day when the bank was away', () => {
    const down = at({ ...active(), bankAnswer: 'down' }, FOUR + DAY + LOADED);
    expect(down).toMatchObject({ lastUpdate: START + LOADED, bankAttempts: { daily: 2 }, blocked: false });
  });

  it('leaves a load that still runs alone', () => {
    const late = advance(fresh(), FOUR, DAY);
    expect(late).toMatchObject({ pending: true, bankAttempts: { daily: 0 } });
  });
});

describe('a repair', () => {
  const passed = { challenge: null, failing: null, now: FOUR } as const;

  it('of SCA uses the token up, fetches the data and starts 90 days', () => {
    const done = repaired(needsSca(active()), 'sca', passed);
    expect(done).toMatchObject({ tokens: { sca: null }, load: { startedAt: FOUR }, pending: false });
    expect(scaDueAt(done)).toBe(FOUR + 90 * DAY);
    expect(at(done, FOUR + LOADED).lastUpdate).toBe(FOUR + LOADED);
  });

  it('of a block ends the block and a wait for SCA', () => {
    const done = repaired({ ...needsSca(blocked(active())), bankAnswer: 'refuse' }, 'reset', passed);
    expect(done).toMatchObject({ blocked: false, tokens: { sca: null, reset: null }, bankAnswer: 'ok' });
  });

  it('of SCA leaves a block', () => {
    const done = repaired(needsSca(blocked(active())), 'sca', passed);
    expect(done).toMatchObject({ blocked: true, tokens: { sca: null } });
    expect(done.tokens.reset).not.toBeNull();
  });

  it('gives a new token each time, and the same one while it is not used', () => {
    const first = blocked(active());
    const second = blocked(unblocked(first));
    expect(first.tokens.reset).not.toBe(second.tokens.reset);
    expect(forced(first, 'reset')).toBe(first);
  });
});
