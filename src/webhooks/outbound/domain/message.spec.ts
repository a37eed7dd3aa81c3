import { Webhook } from 'standardwebhooks';

import { Opened } from '../../../platform/crypto/opened.js';
import { generateSigningSecret } from './signing-secret.js';
import { signedMessage } from './message.js';

const EVENT = {
  id: '0199aaaa-0000-7000-8000-00000000000e',
  type: 'connection.created',
  userId: 'u',
  connectionId: 'c',
  data: { to: 'active', note: 'ünïcode ✓' },
  createdAt: new Date('2026-11-20T12:00:00.000Z'),
};

describe('signedMessage', () => {
  // The reference library compares with the system's clock.
  const now = new Date();

  it('is taken by the reference library with each valid secret, and with no other', () => {
    const [current, previous, other] = [generateSigningSecret(), generateSigningSecret(), generateSigningSecret()];
    const { headers, body } = signedMessage(EVENT, [current, previous], now);

    for (const secret of [current, previous]) {
      expect(new Webhook(secret.reveal('test')).verify(body, { ...headers })).toEqual({
        type: 'connection.created',
        version: 1,
        timestamp: '2026-11-20T12:00:00.000Z',
        data: { userId: 'u', connectionId: 'c', to: 'active', note: 'ünïcode ✓' },
      });
    }
    expect(() => new Webhook(other.reveal('test')).verify(body, { ...headers })).toThrow('No matching signature');
    expect(() => new Webhook(current.reveal('test')).verify(`${body} `, { ...headers })).toThrow();
  });

  it('has one signature where one secret is valid', () => {
    const { headers } = signedMessage(EVENT, [generateSigningSecret()], now);
    expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
    expect(headers['webhook-id']).toBe(EVENT.id);
  });

  it('signs the same bytes at every attempt', () => {
    const secret = new Opened('whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=');
    const later = new Date(now.getTime() + 3_600_000);
    expect(signedMessage(EVENT, [secret], later).body).toBe(signedMessage(EVENT, [secret], now).body);
  });
});
