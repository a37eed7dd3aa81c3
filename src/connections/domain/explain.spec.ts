import { at, connection, CREDENTIAL_ID, NOON } from '../../../test/factories/connection.factory.js';
import { field } from '../../../test/factories/field.factory.js';
import type { ConnectionEvent } from './connection-event.js';
import { explain } from './explain.js';
import { nextAction } from './next-action.js';

const capabilities = { authenticate: true, replaceLogin: true, connect: ['direct'] } as const;

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

describe('explain', () => {
  it('says what it is, who acts and when Mooring looks again', () => {
    const retrying = connection({
      state: 'retrying',
      cause: 'bank_unavailable',
      stateSince: at(-1000),
      providerStatus: 'TEMPORARY_ERROR',
      retryAt: at(60_000),
      nextWatchAt: at(60_000),
    });
    const explanation = explain(retrying, [], capabilities, NOON);
    expect(explanation.summary).toBe(
      'The connection is retrying (bank unavailable) since 2026-11-20T11:59:59.000Z; the provider calls it TEMPORARY_ERROR. ' +
        'The bank has trouble. It is tried again. Who acts: bank. ' +
        'Mooring reads the provider again at 2026-11-20T12:01:00.000Z.',
    );
    expect(explanation.mooringLooksAgainAt).toEqual(at(60_000));
    expect(explanation.nextAction).toEqual(nextAction(retrying, capabilities, NOON));
  });

  it('keeps to what is known: no cause, no next look', () => {
    const explanation = explain(connection(), [], capabilities, NOON);
    expect(explanation).toMatchObject({ mooringLooksAgainAt: null, story: [] });
    expect(explanation.summary).toBe(
      'The connection is active since 2026-11-20T11:00:00.000Z; the provider calls it UPDATED. Nothing to do. Who acts: nobody.',
    );
  });

  it('tells the story in the given order, each event with its sentence', () => {
    const created = event();
    const blocked = event({
      seq: 2,
      at: NOON,
      from: 'awaiting_user',
      to: 'blocked',
      cause: 'wrong_credentials',
      trigger: 'webhook',
      actor: 'tink',
      evidence: { providerStatus: 'AUTHENTICATION_ERROR', note: 'credential.invalid_login' },
    });
    const healthy = event({ seq: 3, from: 'blocked', to: 'active', cause: 'none' });
    const { story } = explain(connection(), [created, blocked, healthy], capabilities, NOON);
    expect(story.map(({ text }) => text)).toEqual([
      '2026-11-20T11:59:59.000Z: Created as pending, because of first load. Through api by client-1.',
      '2026-11-20T12:00:00.000Z: awaiting user → blocked, because of wrong credentials. Through webhook by tink; the provider said AUTHENTICATION_ERROR; credential.invalid_login.',
      '2026-11-20T11:59:59.000Z: blocked → active. Through api by client-1.',
    ]);
    expect(story.map((line) => line.event)).toEqual([created, blocked, healthy]);
  });

  it('carries no id of the provider and no look-up hash', () => {
    const asked = connection({
      state: 'awaiting_user',
      challenge: { kind: 'submit_information', expiresAt: null, fields: [field()] },
    });
    const text = JSON.stringify(explain(asked, [event()], capabilities, NOON));
    expect(text).not.toContain(CREDENTIAL_ID);
    expect(text).not.toContain('fingerprint');
  });
});
