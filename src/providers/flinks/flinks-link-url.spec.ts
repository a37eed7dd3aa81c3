import { Opened } from '../../platform/crypto/opened.js';
import { callbackWithState, connectUrl } from './flinks-link-url.js';

const visit = { callbackUrl: 'https://app.test/link/flinks/callback', state: new Opened('st&te'), reference: 'cust 1' };
const parameters = (url: string) => Object.fromEntries(new URL(url).searchParams);

describe('the address of Flinks Connect', () => {
  it('carries token, language, tag and our callback with its state', () => {
    const url = connectUrl('https://iframe.flinks.test', { authorizeToken: 'tok', language: 'fr' }, visit);
    expect(url.startsWith('https://iframe.flinks.test/v2/?')).toBe(true);
    expect(parameters(url)).toEqual({
      authorizeToken: 'tok',
      redirectUrl: 'https://app.test/link/flinks/callback?state=st%26te',
      language: 'fr',
      tag: 'cust 1',
      scheduleRefresh: 'false',
      detailsAndStatementEnable: 'true',
    });
  });

  it('goes to a bank, or to the question of a dialogue', () => {
    const bank = connectUrl('https://x.test', { authorizeToken: null, language: 'en', institutionNumber: 14 }, visit);
    expect(new URL(bank).pathname).toBe('/v2/Credential/14');
    const dialogue = connectUrl('https://x.test', { authorizeToken: 't', language: 'en', requestId: 'r-1' }, visit);
    expect(parameters(dialogue)).toMatchObject({ requestId: 'r-1', authorizeToken: 't' });
    expect(parameters(bank)).not.toHaveProperty('authorizeToken');
  });

  it('shows the test bank on the public test instance only', () => {
    const page = { authorizeToken: null, language: 'en' } as const;
    expect(parameters(connectUrl('https://toolbox-iframe.private.fin.ag', page, visit))).toHaveProperty('demo', 'true');
    expect(parameters(connectUrl('https://acme-iframe.private.fin.ag', page, visit))).not.toHaveProperty('demo');
  });

  it('the way straight back keeps the state', () => {
    expect(parameters(callbackWithState(visit, { loginId: 'g' }))).toEqual({ state: 'st&te', loginId: 'g' });
  });
});
