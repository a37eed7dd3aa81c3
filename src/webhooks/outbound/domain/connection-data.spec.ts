import { ConnectionView } from '../../../connections/connection-view.js';
import type { Connection } from '../../../connections/domain/connection.js';
import { providerId } from '../../../credentials/provider-id.js';
import { MovableClock } from '../../../platform/time/clock.js';
import { ProviderAccess } from '../../../providers/registry/provider-access.js';
import { ProviderRegistry } from '../../../providers/registry/provider-registry.js';
import { at, connection, CREDENTIAL_ID, NOON } from '../../../../test/factories/connection.factory.js';
import { field } from '../../../../test/factories/field.factory.js';
import { ProviderFake } from '../../../../test/fakes/provider.fake.js';
import { askedOfUser, connectionData } from './connection-data.js';

const view = new ConnectionView(
  new ProviderAccess(new ProviderRegistry([new ProviderFake('capable')])),
  MovableClock.frozenAt(NOON),
);
const record = (changes: Partial<Connection> = {}) => connection({ provider: providerId('capable'), ...changes });
const asked = (changes: Partial<Connection>) => askedOfUser(view.action(record(changes)));

const question = (changes: object = {}, expiresAt = at(60_000)): Partial<Connection> => ({
  state: 'awaiting_user',
  cause: 'user_interaction',
  challenge: { kind: 'submit_information', fields: [field({ name: 'otp', ...changes })], expiresAt },
});

describe('connectionData', () => {
  it('is what GET shows, and the change', () => {
    const change = { from: 'syncing', to: 'active', cause: 'none' } as const;
    const origin = { trigger: 'system', actor: 'a', requestId: null } as const;
    const event = { at: NOON, providerAt: null, evidence: {}, ...change, ...origin };
    const body = view.of(record());
    expect(connectionData(body, event)).toEqual({ connection: body, from: 'syncing', to: 'active', cause: 'none' });
    expect(connectionData(body, null)).toEqual({ connection: body });
  });

  it('keeps one-time addresses and everything that the bank asks at home', () => {
    const options = [{ value: 'OPTION', label: 'ES91 ****1332', image: 'data:PICTURE' }];
    const fields = view.of(
      record(question({ value: 'PLANTED-VALUE', options, label: 'Type 4711-PLANTED', hint: '+46 70' })),
    );
    const redirect = view.of(
      record({
        ...{ state: 'awaiting_user', cause: 'user_interaction' },
        challenge: { kind: 'follow_redirect', url: 'https://bank.example/once/4711', expiresAt: null },
      }),
    );
    expect(JSON.stringify(fields)).toContain('PLANTED-VALUE');
    expect(redirect.nextAction.url).toBe('https://bank.example/once/4711');

    const sent = JSON.stringify([connectionData(fields, null), connectionData(redirect, null)]);
    const kept = ['PLANTED', 'PICTURE', 'OPTION', 'ES91', '4711', '+46', 'bank.example', CREDENTIAL_ID];
    for (const secret of kept) expect(sent).not.toContain(secret);
    expect(sent).toContain('"kind":"submit_information","by":"user","message":"Answer the questions of the bank."');
  });
});

describe('askedOfUser', () => {
  it.each([
    ['active', {}],
    ['being read', { state: 'syncing' }],
    ['in trouble at the bank', { state: 'retrying', cause: 'bank_unavailable' }],
    ['deleted', { state: 'deleted' }],
  ] as const)('is nothing when the connection is %s', (_what, changes) => {
    expect(asked(changes)).toBeNull();
  });

  it.each(['reauth_required', 'blocked', 'failed'] as const)('is something when it is %s', (state) => {
    expect(asked({ state, cause: 'wrong_credentials' })).not.toBeNull();
  });

  it('is the same while only the deadline moves, or the value shown', () => {
    const first = asked(question());
    expect(first).not.toBeNull();
    expect(asked(question({}, at(90_000)))).toBe(first);
    expect(asked(question({ value: 'another' }))).toBe(first);
  });

  it('is another for another question, or other choices', () => {
    const first = asked(question());
    expect(asked(question({ name: 'second' }))).not.toBe(first);
    expect(asked(question({ label: 'Something else' }))).not.toBe(first);
    expect(asked(question({ options: [{ value: 'a', label: 'A' }] }))).not.toBe(first);
  });
});
