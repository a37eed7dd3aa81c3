import { createHash } from 'node:crypto';

import { GROUPS } from '../../src/sandbox/flanks/machine/groups.js';
import type { Credential as FlanksCredential } from '../../src/sandbox/flanks/machine/credential.js';
import { type Card, loginIdOf } from '../../src/sandbox/flinks/machine/card.js';
import type { Credential as TinkCredential } from '../../src/sandbox/tink/machine/credential.js';

export const PROVIDERS = ['tink', 'flanks', 'flinks'] as const;
export type BenchProvider = (typeof PROVIDERS)[number];

const DAY_MS = 86_400_000;
export const FLINKS_INSTITUTION = 'FlinksCapital';
const FLINKS_INSTITUTION_ID = 14;

/** One person's credential at each provider; all of one number belong together. */
export interface BenchPerson {
  readonly number: number;
  /** Our user id, by which Tink knows the person. */
  readonly userId: string;
}

/** So many are read with their accounts and transactions before anything is measured. */
export const PEOPLE_WITH_DATA = 60;

/** What the vendor calls the credential. */
export function vendorId(provider: BenchProvider, number: number): string {
  if (provider === 'tink') return digest(`tink ${String(number)}`).slice(0, 32);
  if (provider === 'flanks') return `bench-${digest(`flanks ${String(number)}`).slice(0, 40)}`;
  return loginIdOf('toolbox', flinksLogin(number), 0);
}

/** A state file of a simulator: settled credentials with data, as if all had been connected an hour ago. */
export function stateOf(provider: BenchProvider, people: readonly BenchPerson[], now: number): object {
  if (provider === 'tink') return tinkState(people, now);
  return provider === 'flanks' ? flanksState(people, now) : flinksState(people, now);
}

function tinkState(people: readonly BenchPerson[], now: number): object {
  const at = now - 3_600_000;
  const users = people.map(({ number, userId }) => ({
    ...{ id: digest(`user ${String(number)}`).slice(0, 32), externalUserId: userId },
    ...{ market: 'SE', locale: 'sv_SE', created: at },
  }));
  const credentials = people.map(({ number }): TinkCredential => ({
    ...{ id: vendorId('tink', number), userId: digest(`user ${String(number)}`).slice(0, 32) },
    ...{ providerName: 'se-demobank-password', type: 'PASSWORD', flow: { kind: 'password' }, openBanking: false },
    ...{ sessionMs: 90 * DAY_MS, created: at, status: 'UPDATED', statusUpdated: at, statusPayload: null },
    ...{ updated: at, dataAsOf: at, detailedError: null, sessionExpiryDate: null, sessionAlive: false },
    ...{ fields: { username: 'u10000001' }, fieldsDigest: digest(String(number)), login: 'u10000001' },
    ...{ outcome: 'all-data', appUri: 'tink://open', callbackUri: null, run: null },
  }));
  return { version: 1, now, users, credentials, tokens: { tokens: [], codes: [] } };
}

function flanksState(people: readonly BenchPerson[], now: number): object {
  const at = now - 3_600_000;
  const credentials = people.map(({ number }): FlanksCredential => ({
    ...{ id: `cred-${String(number + 1)}`, token: vendorId('flanks', number), bank: 'testbank' },
    ...{ username: `bench-${String(number)}`, externalId: null, challenge: null, createdAt: at, pending: false },
    ...{ blocked: false, tokens: { sca: null, reset: null, transaction: null }, serial: 0, load: null },
    // Nothing happens of itself while the bench runs, whatever the hour.
    ...{ created: GROUPS, errored: [], failing: [], lastUpdate: at, authenticatedAt: at, tickedUntil: now + DAY_MS },
    ...{ bankAnswer: 'ok', bankAttempts: { total: 1, user: 1, daily: 0, lastAt: at } },
  }));
  const empty = { links: [], codes: [], sessions: [], visits: [], tokens: [] };
  return { version: 1, vendor: 'flanks', now, count: people.length, credentials, ...empty };
}

function flinksState(people: readonly BenchPerson[], now: number): object {
  const at = now - 3_600_000;
  const cards = people.map(({ number }): Card => ({
    ...{ loginId: vendorId('flinks', number), login: flinksLogin(number), createdAt: at },
    ...{ passwordDigest: digest('Everyday'), isScheduledRefresh: false, statements: false, lastLiveAt: at },
    ...{ dataAsOf: at, pull: null, lastRefreshState: 'Completed', lastRefreshError: null },
    ...{ lastCachedCallAt: null, storedAnswers: {} },
  }));
  const bank = { attempts: [], counts: [], scripts: [], passwords: [] };
  return {
    ...{ simulator: 'flinks', version: 1, now, lastNight: now, cards: { cards, deletions: [] } },
    ...{ sessions: [], visits: [], tokens: [], bank },
  };
}

function flinksLogin(number: number): Card['login'] {
  return { institutionId: FLINKS_INSTITUTION_ID, username: `bench-${String(number)}`, language: 'en' };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
