import { providerId } from '../credentials/provider-id.js';
import { Opened } from '../platform/crypto/opened.js';
import { at, connection, CREDENTIAL_ID, NOON } from '../../test/factories/connection.factory.js';
import {
  hasChangedHands,
  isSameCredential,
  succeeded,
  successionEvent,
  type Successor,
} from './credential-successor.js';

const successor = (changes: Partial<Successor> = {}): Successor => ({
  ...{ provider: providerId('flinks'), institutionId: 'FlinksCapital', institutionName: 'Flinks Capital' },
  ...{ credentialId: new Opened('new'), fingerprint: 'other', replaces: connection() },
  ...changes,
});

describe('a connection with another credential', () => {
  const broken = connection({
    ...{ state: 'failed', cause: 'permanent', consecutiveFailures: 3, wrongLoginCount: 2, retryAt: at(5) },
    ...{ consentExpiresAt: at(9), consentRenewableFrom: at(8), degradedGroups: ['cards'], nextSyncAt: at(1) },
    ...{ nextWatchAt: at(2), syncPausedAt: at(-1), reference: 'mine', stateSince: at(-1) },
  });

  it('is the same connection with its history, its data and its pause', () => {
    const { id, userId, reference, createdAt, dataAsOf, lastSuccessAt, syncPausedAt, version, fence } = broken;
    expect(succeeded(broken, successor(), NOON)).toMatchObject({
      ...{ id, userId, reference, createdAt, dataAsOf, lastSuccessAt, syncPausedAt, version, fence },
      ...{ provider: 'flinks', institutionId: 'FlinksCapital', fingerprint: 'other' },
    });
  });

  it('has nothing left of what was known of the old one, and no plan', () => {
    const next = succeeded(broken, successor(), NOON);
    expect(next).toMatchObject({
      ...{ providerStatusAt: null, retryAt: null, consentExpiresAt: null, consentRenewableFrom: null },
      ...{ degradedGroups: [], consecutiveFailures: 0, wrongLoginCount: 0, nextSyncAt: null, nextWatchAt: null },
      ...{ challenge: null, sessionRef: null, stateSince: NOON },
    });
    expect(next).not.toHaveProperty('replaces');
  });

  it('tells of it in its history, also when the state stays, and without the ids', () => {
    const next = { ...connection(), credentialId: new Opened('secret-id'), updatedAt: NOON };
    const origin = { trigger: 'link', actor: 'client:1', requestId: null } as const;
    const event = successionEvent(connection(), next, origin, { note: 'moved from tink to flinks' });
    expect(event).toMatchObject({ from: 'active', to: 'active', at: NOON, ...origin });
    expect(event.evidence).toEqual({ providerStatus: 'UPDATED', note: 'moved from tink to flinks' });
    expect(JSON.stringify(event)).not.toContain('secret-id');
  });
});

describe('what was learnt of a connection', () => {
  const found = connection({ version: 5 });

  it.each([
    ['nothing was written since', { version: 5, credentialId: new Opened('other') }, false],
    ['the credential is the same', { version: 4 }, false],
    ['it has another credential now', { version: 4, credentialId: new Opened('other') }, true],
    ['it had none', { version: 4, credentialId: null }, true],
    ['it is at another provider now', { version: 4, provider: providerId('flanks') }, true],
  ])('is of another credential or not: %s', (_what, known, expected) => {
    expect(hasChangedHands(connection(known), found)).toBe(expected);
  });

  it('counts when nobody says where it began', () => {
    expect(hasChangedHands(undefined, found)).toBe(false);
  });

  it('compares credentials by what they open', () => {
    expect(isSameCredential(new Opened(CREDENTIAL_ID), connection().credentialId)).toBe(true);
    expect(isSameCredential(null, null)).toBe(true);
    expect(isSameCredential(null, new Opened('x'))).toBe(false);
  });
});
