import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { LinkRequest } from '../../credentials/link-flow.js';
import { Opened } from '../../platform/crypto/opened.js';
import { linkAddress, marketOf, type LinkAddress } from './tink-link-url.js';

const request: LinkRequest = {
  user: 'cust-1' as ProviderUserRef,
  purpose: 'connect',
  state: new Opened('state 1'),
  callbackUrl: 'https://mooring.test/link/tink/callback',
};
const address: LinkAddress = {
  base: 'https://link.tink.test/1.0/transactions/connect-accounts',
  clientId: 'client-1',
  code: new Opened('code-1'),
  institutionId: undefined,
  market: 'SE',
  locale: undefined,
  demoBanks: false,
};
const url = (more: Partial<LinkAddress> = {}, changes: Partial<LinkRequest> = {}) =>
  new URL(linkAddress({ ...request, ...changes }, { ...address, ...more }).reveal('test'));
const parameters = (...args: Parameters<typeof url>) => Object.fromEntries(url(...args).searchParams);

describe('the address of Tink Link', () => {
  it('has what every visit needs', () => {
    expect(url().href.split('?', 1)).toEqual([address.base]);
    expect(parameters()).toEqual({
      client_id: 'client-1',
      redirect_uri: 'https://mooring.test/link/tink/callback',
      authorization_code: 'code-1',
      state: 'state 1',
      market: 'SE',
    });
  });

  it('names the bank, in the bank’s market', () => {
    expect(parameters({ institutionId: 'uk-bank' }, { market: 'DE' })).toMatchObject({
      input_provider: 'uk-bank',
      market: 'GB',
    });
    expect(parameters({}, { market: 'DE' })).toMatchObject({ market: 'DE' });
  });

  it('names the credential instead where there is one', () => {
    const credential = { user: request.user, credentialId: new Opened('cred-1') };
    const given = parameters({ institutionId: 'de-bank' }, { purpose: 'renew', credential });
    expect(given).toMatchObject({ credentials_id: 'cred-1', market: 'DE' });
    expect(given).not.toHaveProperty('input_provider');
  });

  it('shows demo banks when one is meant or all are', () => {
    expect(parameters({ institutionId: 'se-demobank-password' })).toHaveProperty('test', 'true');
    expect(parameters({ institutionId: 'uk-test-open-banking-redirect' })).toHaveProperty('test', 'true');
    expect(parameters({ demoBanks: true })).toHaveProperty('test', 'true');
    expect(parameters({ institutionId: 'se-testa-bank' })).not.toHaveProperty('test');
  });

  it.each([
    ['sv_SE', 'sv_SE'],
    ['sv-SE', 'sv_SE'],
    ['en_IE', 'en_US'],
    ['de', 'de_DE'],
    ['xx_XX', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads the locale %s as %s', (locale, expected) => {
    expect(parameters({ locale })['locale']).toBe(expected);
  });
});

it.each([
  ['se-bank', 'SE'],
  ['uk-bank', 'GB'],
  ['bank', null],
  ['', null],
])('the market of %j is %s', (name, market) => {
  expect(marketOf(name)).toBe(market);
});
