import { Opened } from '../../platform/crypto/opened.js';
import { MovableClock } from '../../platform/time/clock.js';
import { ProviderAccess } from '../../providers/registry/provider-access.js';
import { ProviderRegistry } from '../../providers/registry/provider-registry.js';
import { providerId } from '../../credentials/provider-id.js';
import { at, connection, NOON } from '../../../test/factories/connection.factory.js';
import { field } from '../../../test/factories/field.factory.js';
import { ProviderFake } from '../../../test/fakes/provider.fake.js';
import { ConnectionView } from '../connection-view.js';
import type { Connection } from '../domain/connection.js';
import type { NextAction } from '../domain/next-action.js';
import { ConnectionResponseMapper, toActionResponse, toFieldResponse } from './connection-response.mapper.js';

const capable = new ProviderFake('capable', {
  connect: ['direct'],
  refresh: 'on_demand',
  authenticate: true,
  supplementalInformation: true,
  qr: false,
});
const mapper = new ConnectionResponseMapper(
  new ConnectionView(new ProviderAccess(new ProviderRegistry([capable])), MovableClock.frozenAt(NOON)),
);
const record = (changes: Partial<Connection> = {}) => connection({ provider: providerId('capable'), ...changes });

/** The same object with members that no type knows. */
function withPlanted<T extends object>(made: T): T {
  return { ...made, planted: 'PLANTED', credentialSealed: 'PLANTED', leaseOwner: 'PLANTED' };
}

describe('ConnectionResponseMapper', () => {
  it('shows a healthy connection', () => {
    expect(mapper.toResponse(record())).toStrictEqual({
      id: '0199aaaa-0000-7000-8000-000000000001',
      userId: '0199aaaa-0000-7000-8000-000000000002',
      externalUserId: 'cust-42',
      provider: 'capable',
      institutionId: 'se-demobank-password',
      institutionName: 'Demo Bank',
      reference: null,
      state: { value: 'active', since: '2026-11-20T11:00:00.000Z', cause: 'none', providerStatus: 'UPDATED' },
      nextAction: { kind: 'none', by: 'nobody', message: 'Nothing to do.' },
      consent: { status: 'none', expiresAt: null, renewableFrom: null },
      data: { status: 'fresh', asOf: '2026-11-20T11:00:00.000Z', degradedGroups: [] },
      sync: {
        paused: false,
        nextAt: null,
        lastAttemptAt: '2026-11-20T11:00:00.000Z',
        lastSuccessAt: '2026-11-20T11:00:00.000Z',
      },
      capabilities: {
        refresh: 'on_demand',
        authenticate: true,
        supplementalInformation: true,
        qr: false,
        connect: ['direct'],
      },
      createdAt: '2026-11-20T10:00:00.000Z',
      updatedAt: '2026-11-20T11:00:00.000Z',
    });
  });

  it('keeps the three clocks apart', () => {
    const ill = record({
      state: 'retrying',
      cause: 'bank_unavailable',
      retryAt: at(60_000),
      consentExpiresAt: at(86_400_000),
      consentRenewableFrom: at(-1),
      dataAsOf: at(-40 * 3_600_000),
      degradedGroups: ['loans'],
      syncPausedAt: at(-1),
      nextSyncAt: at(1),
    });
    expect(mapper.toResponse(ill)).toMatchObject({
      nextAction: { kind: 'retry_later', by: 'bank', retryAt: '2026-11-20T12:01:00.000Z' },
      consent: {
        status: 'expiring',
        expiresAt: '2026-11-21T12:00:00.000Z',
        renewableFrom: '2026-11-20T11:59:59.999Z',
      },
      data: { status: 'stale', asOf: '2026-11-18T20:00:00.000Z', degradedGroups: ['loans'] },
      sync: { paused: true, nextAt: '2026-11-20T12:00:00.001Z' },
    });
  });

  it('shows a connection whose provider is switched off, and promises nothing for it', () => {
    const orphan = record({ provider: providerId('switched-off'), state: 'reauth_required', cause: 'sca_required' });
    const { capabilities, nextAction } = mapper.toResponse(orphan);
    expect(capabilities).toStrictEqual({
      refresh: 'by_provider',
      authenticate: false,
      supplementalInformation: false,
      qr: false,
      connect: [],
    });
    expect(nextAction).toMatchObject({ kind: 'renew_consent', linkSession: { purpose: 'renew' } });
  });

  describe('lets out only what it names', () => {
    it('of a connection with everything in it', () => {
      const full = record({
        credentialId: new Opened('PLANTED'),
        fingerprint: 'PLANTED',
        state: 'awaiting_user',
        cause: 'user_interaction',
        challenge: withPlanted({
          kind: 'submit_information' as const,
          expiresAt: at(1),
          fields: [withPlanted(field({ options: [withPlanted({ value: 'a', label: 'A' })] }))],
        }),
        sessionRef: new Opened('PLANTED'),
      });
      const response = mapper.toResponse(withPlanted(full));
      const text = JSON.stringify(response);
      expect(text).not.toContain('PLANTED');
      expect(text).not.toContain('planted');
      expect(text).not.toContain('[secret]');
      expect(response.nextAction.fields).toStrictEqual([
        {
          name: 'otp',
          label: 'One-time code',
          type: 'text',
          required: true,
          masked: false,
          options: [{ value: 'a', label: 'A' }],
        },
      ]);
    });

    it('of an action', () => {
      const action: NextAction = withPlanted({
        kind: 'update_login' as const,
        by: 'user' as const,
        message: 'Do it.',
        deadline: at(1),
        linkSession: withPlanted({ purpose: 'update_login' as const }),
      });
      expect(toActionResponse(action)).toStrictEqual({
        kind: 'update_login',
        by: 'user',
        message: 'Do it.',
        deadline: '2026-11-20T12:00:00.001Z',
        linkSession: { purpose: 'update_login' },
      });
    });

    it('of a field, with all that a field can have', () => {
      const all = field({
        minLength: 0,
        maxLength: 4,
        pattern: '',
        patternError: 'No.',
        hint: 'h',
        helpText: 't',
        value: '',
        options: [{ value: '', label: '', image: 'https://x.example/i.png' }],
      });
      expect(toFieldResponse(withPlanted(all))).toStrictEqual(all);
    });
  });

  it('hands out copies: what a caller does to a response does not reach the record', () => {
    const before = record({ degradedGroups: ['loans'] });
    mapper.toResponse(before).data.degradedGroups.push('accounts');
    mapper.toResponse(before).capabilities.connect.push('link');
    expect(before.degradedGroups).toEqual(['loans']);
    expect(capable.credentials.capabilities.connect).toEqual(['direct']);
  });
});
