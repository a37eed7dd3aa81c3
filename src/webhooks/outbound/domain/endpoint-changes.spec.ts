import { Opened } from '../../../platform/crypto/opened.js';
import { changed, ordered } from './endpoint-changes.js';
import { signingSecrets, type WebhookEndpoint } from './endpoint.js';

const NOW = new Date('2026-11-20T12:00:00.000Z');
const BEFORE = new Date('2026-11-19T12:00:00.000Z');
const SECRET = new Opened('whsec_QQ==');

const endpoint = (changes: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
  ...{ id: 'e', owner: 'client:c', clientId: 'c', url: 'https://a.example/', events: [], userId: null },
  ...{ description: null, disabledReason: null, disabledAt: null, secrets: { current: SECRET, previous: null } },
  ...{ failingSince: BEFORE, createdAt: BEFORE, updatedAt: BEFORE },
  ...changes,
});

describe('changed', () => {
  it('changes what is named and nothing else', () => {
    expect(changed(endpoint(), {}, NOW)).toEqual(endpoint({ updatedAt: NOW }));
    const changes = { url: 'https://b.example/', events: ['user.deleted'], userId: 'u', description: 'd' } as const;
    expect(changed(endpoint(), changes, NOW)).toEqual(endpoint({ ...changes, updatedAt: NOW }));
    expect(changed(endpoint({ userId: 'u' }), { userId: null }, NOW).userId).toBeNull();
  });

  it('switches off for its owner and on again, whoever is gone', () => {
    const off = changed(endpoint(), { enabled: false }, NOW);
    expect(off).toMatchObject({ disabledReason: 'owner', disabledAt: NOW });
    const gone = endpoint({ disabledReason: 'gone', disabledAt: BEFORE });
    expect(changed(gone, { enabled: false }, NOW)).toMatchObject({ disabledReason: 'gone', disabledAt: BEFORE });
    for (const one of [off, gone]) {
      expect(changed(one, { enabled: true }, NOW)).toMatchObject({
        disabledReason: null,
        disabledAt: null,
        failingSince: null,
      });
    }
  });

  it('does not switch on what the operator switched off', () => {
    const off = endpoint({ disabledReason: 'operator', disabledAt: BEFORE });
    expect(() => changed(off, { enabled: true }, NOW)).toThrow('Ask the operator of Mooring.');
    expect(changed(off, { description: 'still mine' }, NOW)).toMatchObject({ disabledReason: 'operator' });
  });
});

describe('ordered', () => {
  const off = (disabledReason: 'gone' | 'operator' | 'owner') => endpoint({ disabledReason, disabledAt: BEFORE });

  it('switches off, also what its owner had switched off, and never twice', () => {
    for (const one of [endpoint(), off('owner'), off('gone')]) {
      expect(ordered(one, false, NOW)).toEqual({ ...one, disabledReason: 'operator', disabledAt: NOW, updatedAt: NOW });
    }
    const already = off('operator');
    expect(ordered(already, false, NOW)).toBe(already);
  });

  it('switches on only what the operator switched off', () => {
    const on = { disabledReason: null, disabledAt: null, failingSince: null, updatedAt: NOW };
    expect(ordered(off('operator'), true, NOW)).toEqual(endpoint(on));
    const already = endpoint();
    expect(ordered(already, true, NOW)).toBe(already);
    for (const reason of ['gone', 'owner'] as const) {
      expect(() => ordered(off(reason), true, NOW)).toThrow(
        expect.objectContaining({ code: 'webhook_endpoint.not_disabled_by_operator' }) as Error,
      );
    }
  });
});

describe('signingSecrets', () => {
  it('has the old secret until its time is over, not at it', () => {
    const previous = { secret: new Opened('whsec_Qg=='), until: NOW };
    const secrets = { current: SECRET, previous };
    expect(signingSecrets(secrets, BEFORE)).toEqual([SECRET, previous.secret]);
    expect(signingSecrets(secrets, NOW)).toEqual([SECRET]);
  });
});
