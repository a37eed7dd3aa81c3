import { Opened } from '../../platform/crypto/opened.js';
import { at, connection } from '../../../test/factories/connection.factory.js';
import type { Connection } from './connection.js';
import { isQuiet } from './quiet.js';

const before = connection({ degradedGroups: ['cards'] });

describe('isQuiet', () => {
  it('does not call new times of ours and of the provider news', () => {
    const after = { ...before, providerStatusAt: at(1), lastSuccessAt: at(1), nextSyncAt: at(9), nextWatchAt: at(9) };
    expect(isQuiet(before, { ...after, updatedAt: at(1) })).toBe(true);
    expect(isQuiet(before, { ...before, stateSince: new Date(before.stateSince) })).toBe(true);
  });

  it.each<[string, Partial<Connection>]>([
    ['a state', { state: 'blocked' }],
    ['a cause', { cause: 'unknown' }],
    ["a provider's word", { providerStatus: 'OTHER' }],
    ['newer data', { dataAsOf: at(1) }],
    ['a consent', { consentExpiresAt: at(1) }],
    ['a retry time', { retryAt: at(1) }],
    ['a counter', { consecutiveFailures: 1 }],
    ['a group that failed', { degradedGroups: ['cards', 'loans'] }],
    ['another group that failed', { degradedGroups: ['loans'] }],
    ['another credential', { credentialId: new Opened('other') }],
    ['a question', { challenge: { kind: 'open_app', expiresAt: null } }],
    ['a deletion', { deletedAt: at(1) }],
  ])('calls %s news', (_what, changes) => {
    expect(isQuiet(before, { ...before, ...changes })).toBe(false);
  });
});
