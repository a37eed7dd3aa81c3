import { at, connection } from '../../../test/factories/connection.factory.js';
import { observed } from '../../../test/factories/observation.factory.js';
import { tellsMore } from './reading-order.js';

const SAME = { providerStatusAt: at(-3_600_000) };

describe('of two readings with the same time of the provider', () => {
  it('an outcome ends trouble that had no time of its own', () => {
    const troubled = connection({ state: 'retrying', cause: 'bank_unavailable', providerStatus: 'RETRY_LATER' });
    for (const state of ['active', 'reauth_required', 'blocked', 'failed'] as const) {
      expect(tellsMore(troubled, observed(state, SAME))).toBe(true);
    }
  });

  it('a status that it hung in does not set a connection in motion that we gave up', () => {
    const givenUp = connection({ state: 'retrying', cause: 'provider_unavailable', providerStatus: 'UPDATING' });
    for (const providerStatus of ['UPDATING', 'AUTHENTICATING']) {
      expect(tellsMore(givenUp, observed('syncing', { ...SAME, providerStatus }))).toBe(false);
    }
  });

  it('another word is the one from before our call was accepted', () => {
    const accepted = connection({ state: 'syncing', providerStatus: 'ACCEPTED' });
    expect(tellsMore(accepted, observed('active', { ...SAME, providerStatus: 'UPDATED' }))).toBe(false);
    expect(tellsMore(accepted, observed('active', { ...SAME, providerStatus: 'ACCEPTED' }))).toBe(true);
  });
});
