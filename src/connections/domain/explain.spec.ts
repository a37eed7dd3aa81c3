import type { Challenge } from '../../credentials/challenge.js';
import { CAUSES } from '../../credentials/observation.js';
import { Opened } from '../../platform/crypto/opened.js';
import { at, connection, NOON } from '../../../test/factories/connection.factory.js';
import { field } from '../../../test/factories/field.factory.js';
import type { Connection } from './connection.js';
import type { ConnectionEvent, Evidence } from './connection-event.js';
import { CONNECTION_STATES } from './connection-state.js';
import { explain } from './explain.js';
import type { ExplainedAttempt, ExplainedFacts } from './explained-facts.js';
import { nextAction } from './next-action.js';

const DAY = 86_400_000;
const capabilities = {
  ...({ authenticate: true, replaceLogin: true, connect: ['direct'], refresh: 'on_demand' } as const),
  limits: { unattendedRefreshesPerDay: 4, settleWithinMs: 1 },
};

const event = (changes: Partial<ConnectionEvent> = {}): ConnectionEvent => ({
  seq: 1,
  at: at(-1000),
  providerAt: null,
  from: null,
  to: 'pending',
  cause: 'first_load',
  trigger: 'api',
  actor: 'client-1',
  requestId: null,
  evidence: {},
  ...changes,
});

const attempt = (changes: Partial<ExplainedAttempt> = {}): ExplainedAttempt => ({
  ...{ startedAt: at(-5000), finishedAt: at(-4000), trigger: 'sync', attended: false, reason: 'scheduled' },
  ...{ outcome: 'accepted', spent: true },
  ...changes,
});

const facts = (changes: Partial<ExplainedFacts> = {}): ExplainedFacts => ({
  ...{ events: [], capabilities, attempts: [] },
  ...{ spent: { attended: 0, unattended: 0 }, login: { refused: 0, most: 3 } },
  ...changes,
});

const of = (changes: Partial<Connection> = {}, more: Partial<ExplainedFacts> = {}) =>
  explain(connection(changes), facts(more), NOON);

describe('explain', () => {
  it('says what it is, who acts and when Mooring looks again', () => {
    const changes = {
      ...({ state: 'retrying', cause: 'bank_unavailable', providerStatus: 'TEMPORARY_ERROR' } as const),
      ...{ stateSince: at(-1000), retryAt: at(60_000), nextWatchAt: at(60_000) },
    };
    const explanation = of(changes);
    expect(explanation.summary).toBe(
      'The connection is retrying (bank unavailable) since 2026-11-20T11:59:59.000Z; the provider calls it TEMPORARY_ERROR. ' +
        'The bank has trouble. It is tried again. Who acts: bank. Nobody else needs to do anything. ' +
        'Mooring reads the provider again at 2026-11-20T12:01:00.000Z.',
    );
    expect(explanation.mooringLooksAgainAt).toEqual(at(60_000));
    expect(explanation.nextAction).toEqual(nextAction(connection(changes), capabilities, NOON));
  });

  it('keeps to what is known: no cause, no word, no next look', () => {
    const explanation = of({ providerStatus: '' });
    expect(explanation).toMatchObject({ mooringLooksAgainAt: null, story: [], attempts: [] });
    expect(explanation.summary).toBe(
      'The connection is active since 2026-11-20T11:00:00.000Z. Nothing to do. Who acts: nobody.',
    );
  });

  it.each([
    ['its sync, when no watch is planned', { nextSyncAt: at(5000) }, at(5000)],
    ['its sync, when that comes first', { nextSyncAt: at(5000), nextWatchAt: at(9000) }, at(5000)],
    ['its watch, when that comes first', { nextSyncAt: at(5000), nextWatchAt: at(1000) }, at(1000)],
    [
      'its watch, while syncing is paused',
      { nextSyncAt: at(5000), nextWatchAt: at(9000), syncPausedAt: NOON },
      at(9000),
    ],
    ['nobody, while syncing is paused and no watch is planned', { nextSyncAt: at(5000), syncPausedAt: NOON }, null],
  ])('names the next look by %s', (_by, changes, expected) => {
    const { mooringLooksAgainAt, summary } = of(changes);
    expect(mooringLooksAgainAt).toEqual(expected);
    expect(summary.split('Mooring reads the provider again at ')[1]).toBe(
      expected ? `${expected.toISOString()}.` : undefined,
    );
  });

  it('tells the story in the given order, each event with its sentence', () => {
    const created = event();
    const blocked = event({
      ...{ seq: 2, at: NOON, from: 'awaiting_user', to: 'blocked', cause: 'wrong_credentials' },
      ...{ trigger: 'webhook', actor: 'tink' },
      evidence: {
        ...{ providerStatus: 'AUTHENTICATION_ERROR', note: 'credential.invalid_login', httpStatus: 401 },
        ...{ providerErrorCode: 'INVALID_LOGIN', providerRequestId: 'req-1' },
      },
    });
    const healthy = event({ seq: 3, from: 'blocked', to: 'active', cause: 'none' });
    const { story } = of({}, { events: [created, blocked, healthy] });
    expect(story.map(({ text }) => text)).toEqual([
      '2026-11-20T11:59:59.000Z: Created as pending, because of first load. Through api by client-1.',
      '2026-11-20T12:00:00.000Z: awaiting user → blocked, because of wrong credentials. Through webhook by tink; the provider said AUTHENTICATION_ERROR (INVALID_LOGIN); credential.invalid_login.',
      '2026-11-20T11:59:59.000Z: blocked → active. Through api by client-1.',
    ]);
    expect(story.map((line) => line.event)).toEqual([created, blocked, healthy]);
  });

  it('tells of attempts, newest first, whatever became of them', () => {
    const attempts = [
      attempt({ finishedAt: null, outcome: null }),
      attempt({ outcome: 'abandoned' }),
      attempt({ attended: true, trigger: 'api', outcome: 'provider.rate_limited', spent: false }),
      attempt(),
    ];
    const told = of({}, { attempts }).attempts;
    expect(told.map(({ text }) => text.replace(/^\S+ /, ''))).toEqual([
      'refresh through sync, without the user: not finished.',
      'refresh through sync, without the user: the process died, it may have happened.',
      'refresh through api, with the user: provider.rate_limited. It does not count.',
      'refresh through sync, without the user: accepted.',
    ]);
    expect(told).toMatchObject(attempts);
  });

  it('lists what is coming, by time, and by whom', () => {
    const changes = {
      ...{ nextSyncAt: at(5000), nextWatchAt: at(1000), dataAsOf: NOON, consentExpiresAt: at(9 * DAY) },
      ...{ consentRenewableFrom: at(2 * DAY) },
    };
    expect(of(changes).upcoming).toEqual([
      { at: at(1000), what: 'reading', by: 'mooring' },
      { at: at(5000), what: 'sync', by: 'mooring' },
      { at: at(1.5 * DAY), what: 'data_stale', by: 'time' },
      { at: at(2 * DAY), what: 'consent_renewable', by: 'user' },
      { at: at(9 * DAY), what: 'consent_end', by: 'time' },
    ]);
    const paused = of({ ...changes, syncPausedAt: at(-1) });
    expect(paused.upcoming.map(({ what }) => what)).not.toContain('sync');
    expect(paused.sync.text).toBe(
      'Syncing is paused since 2026-11-20T11:59:59.999Z. Nothing is fetched until somebody resumes it.',
    );
    expect(of({ ...changes, state: 'deleting' }).upcoming.map(({ what }) => what)).toEqual(['reading', 'sync']);
  });

  it.each([
    [null, null, 'The provider does not say when the consent ends.'],
    [8, 1, 'The consent is valid until 2026-11-28T12:00:00.000Z. It can be renewed from 2026-11-21T12:00:00.000Z.'],
    [8, null, 'The consent is valid until 2026-11-28T12:00:00.000Z.'],
    [7, 0, 'The consent ends at 2026-11-27T12:00:00.000Z. It can be renewed now; it stays valid meanwhile.'],
    [7, null, 'The consent ends at 2026-11-27T12:00:00.000Z. This provider lets it be renewed only then.'],
    [0, -7, 'The consent ended at 2026-11-20T12:00:00.000Z.'],
  ])('with a consent that ends in %s days and can be renewed in %s says so', (ends, from, text) => {
    const day = (days: number | null) => (days === null ? null : at(days * DAY));
    const { consent } = of({ consentExpiresAt: day(ends), consentRenewableFrom: day(from) });
    expect(consent.text).toBe(text);
  });

  it.each([
    [{ dataAsOf: null }, 'The provider has told of no data yet.'],
    [{ dataAsOf: NOON }, 'The data is of 2026-11-20T12:00:00.000Z.'],
    [{ dataAsOf: at(-2 * DAY) }, 'The data is of 2026-11-18T12:00:00.000Z, older than 36 hours.'],
    [
      { dataAsOf: NOON, degradedGroups: ['cards', 'loans'] },
      'The data is of 2026-11-20T12:00:00.000Z. The last fetch failed for: cards, loans.',
    ],
  ])('tells how old the data is: %j', (changes, text) => {
    expect(of(changes).data.text).toBe(text);
  });

  it('counts what is left of the quota, and never below nothing', () => {
    const { quota } = of({}, { spent: { attended: 2, unattended: 3 } });
    expect(quota).toEqual({
      text: 'Of 4 refreshes without the user in 24 hours, 1 are left. In the last 24 hours there were 2 refreshes with the user there.',
      ...{ unattendedPerDay: 4, unattendedSpent: 3, unattendedLeft: 1, attendedSpent: 2 },
    });
    expect(of({}, { spent: { attended: 0, unattended: 9 } }).quota.unattendedLeft).toBe(0);
    const byProvider = of({}, { capabilities: { ...capabilities, refresh: 'by_provider' } }).quota;
    expect(byProvider).toMatchObject({ unattendedPerDay: 0, unattendedLeft: 0 });
    expect(byProvider.text).toContain('by itself');
  });

  it.each([
    [0, 0, false, 'The bank has not refused the login since it last worked.'],
    [2, 1, false, 'The bank refused a login 2 times. The same one is sent at most 3 times.'],
    [5, 3, true, 'The bank refused the same login 3 times. It is not sent again until the user gives another one.'],
  ])('after %s wrong logins, the same one %s times, tells the guard', (wrongLoginCount, refused, guarded, text) => {
    const { login } = of({ wrongLoginCount }, { login: { refused, most: 3 } });
    expect(login).toEqual({ text, guarded, wrongLogins: wrongLoginCount });
  });

  describe('for every state and every cause', () => {
    const full: Partial<Connection> = {
      ...{
        nextSyncAt: at(1),
        nextWatchAt: at(2),
        retryAt: at(3),
        consentExpiresAt: at(DAY),
        consentRenewableFrom: NOON,
      },
      ...{ syncPausedAt: at(-1), consecutiveFailures: 4, wrongLoginCount: 2, degradedGroups: ['loans'] },
    };
    const challenges: readonly (Challenge | null)[] = [
      null,
      { kind: 'submit_information', expiresAt: at(1), fields: [field()] },
      { kind: 'scan_qr', expiresAt: null },
      { kind: 'open_app', expiresAt: at(1) },
      { kind: 'follow_redirect', expiresAt: at(1), url: 'https://bank.example' },
    ];

    function* explanations() {
      for (const state of CONNECTION_STATES) {
        for (const cause of CAUSES) {
          for (const challenge of state === 'awaiting_user' ? challenges : [null]) {
            for (const extra of [{}, full, { dataAsOf: null }]) {
              yield of({ state, cause, challenge, ...extra }, { attempts: [attempt()], events: [event()] });
            }
          }
        }
      }
    }

    it('has whole sentences', () => {
      const texts = [...explanations()].flatMap(({ summary, attempts, story, consent, data, sync, quota, login }) => [
        summary,
        ...[consent, data, sync, quota, login, ...attempts, ...story].map(({ text }) => text),
      ]);
      const odd = /undefined|null|NaN|\[object|Invalid Date| {2}|\.\.|_/;
      expect(texts.length).toBeGreaterThan(5000);
      expect(texts.filter((text) => !/^[A-Z0-9].*\.$/.test(text) || odd.test(text))).toEqual([]);
    });

    it('says state, cause, what to do, and who acts', () => {
      for (const { summary, nextAction: action } of explanations()) {
        expect(summary).toContain(`${action.message} Who acts: ${action.by}.`);
      }
      for (const state of CONNECTION_STATES) {
        for (const cause of CAUSES) {
          const why = cause === 'none' ? '' : ` (${cause.replaceAll('_', ' ')})`;
          expect(of({ state, cause }).summary).toContain(`The connection is ${state.replaceAll('_', ' ')}${why} since`);
        }
      }
    });
  });

  it('holds no secret, whatever the inputs hold', () => {
    const SECRET = 'hunter2-Secret';
    const evidence = { providerStatus: 'ERROR', body: SECRET, token: SECRET } as unknown as Evidence;
    const stray = { answer: SECRET, password: SECRET };
    const fields = [
      field({ type: 'info', value: SECRET, hint: SECRET, helpText: SECRET, pattern: SECRET, patternError: SECRET }),
      field({ name: SECRET, type: 'image', options: [{ value: SECRET, label: SECRET, image: SECRET }] }),
      field({ name: 'b', label: SECRET }),
    ];
    const challenges: readonly Challenge[] = [
      { kind: 'submit_information', expiresAt: NOON, fields },
      { kind: 'submit_information', expiresAt: NOON, fields: fields.slice(2) },
      { kind: 'follow_redirect', expiresAt: null, url: `https://bank.example/?code=${SECRET}` },
      { kind: 'open_app', expiresAt: null, url: `bank://${SECRET}` },
      { kind: 'scan_qr', expiresAt: null, url: `bank://${SECRET}` },
    ];
    for (const challenge of challenges) {
      const planted = {
        ...connection({
          ...{ state: 'awaiting_user', cause: 'user_interaction', challenge, reference: SECRET, fingerprint: SECRET },
          ...{ credentialId: new Opened(SECRET), sessionRef: new Opened(SECRET), externalUserId: SECRET },
        }),
        ...stray,
      };
      const told = explain(
        planted,
        {
          ...facts({ attempts: [{ ...attempt(), ...stray }], events: [{ ...event({ evidence }), ...stray }] }),
          ...stray,
        },
        NOON,
      );
      expect(JSON.stringify(told)).toContain('awaiting user');
      expect(JSON.stringify(told)).not.toContain(SECRET);
    }
  });
});
