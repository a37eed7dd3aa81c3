import { createHmac } from 'node:crypto';

import { FlinksConfig } from '../../config/slices.js';
import { Opened } from '../../platform/crypto/opened.js';
import { FlinksWebhook } from './flinks.webhook.js';

const LOGIN_ID = '11111111-2222-4333-8444-555555555555';
/** Made with another tool than ours. */
const KNOWN = {
  body: `{"ResponseType":"KYC","HttpStatusCode":200,"Login":{"Id":"${LOGIN_ID}"}}`,
  secret: 'sim-hmac-key',
  signature: 'x8naP0HI5cAG4heUWkv8mXXUxD9+w3ix9WaUOJB1TO8=',
};
const receiver = (secret: string | null = null) =>
  new FlinksWebhook(new FlinksConfig('', '', null, null, null, secret));
const raw = (headers: Readonly<Record<string, string>>, body = KNOWN.body) => ({
  headers: new Map(Object.entries(headers)),
  body: Buffer.from(body),
});
const verified = (headers: Readonly<Record<string, string>>, secret = KNOWN.secret) =>
  receiver().verify(raw(headers), [new Opened(secret)]);
const hintsOf = (body: unknown) => {
  const hints = receiver().parse(Buffer.from(JSON.stringify(body)));
  if (!hints.ok) throw new Error(hints.failure.code);
  return hints.value.map((hint) => ({ ...hint, credentialId: hint.credentialId?.reveal('test') ?? null }));
};
const detail = (more: object = {}) => ({
  ResponseType: 'GetAccountsDetail',
  HttpStatusCode: 200,
  Institution: 'Crédit & Co',
  Login: { Id: LOGIN_ID.toUpperCase(), LastRefresh: null },
  ...more,
});

describe("Flinks' webhooks", () => {
  it('a known signature is taken, under either name of its header', () => {
    for (const name of ['flinks-authenticity-key', 'x-flinks-signature']) {
      expect(verified({ [name]: KNOWN.signature })).toEqual({ ok: true, value: { sentAt: null } });
    }
    expect(verified({ 'flinks-authenticity-key': 'x', 'x-flinks-signature': KNOWN.signature })).toMatchObject({
      ok: true,
    });
  });

  it('nothing else is', () => {
    const hex = createHmac('sha256', KNOWN.secret).update(KNOWN.body).digest('hex');
    const other = createHmac('sha512', KNOWN.secret).update(KNOWN.body).digest('base64');
    const { signature } = KNOWN;
    for (const given of [hex, other, signature.slice(0, -1), signature.toLowerCase(), `${signature}, ${signature}`]) {
      expect(verified({ 'flinks-authenticity-key': given })).toMatchObject({
        failure: { code: 'webhook.unauthenticated' },
      });
    }
    expect(verified({ authorization: KNOWN.signature })).toMatchObject({ ok: false });
    expect(verified({ 'flinks-authenticity-key': KNOWN.signature }, 'other')).toMatchObject({ ok: false });
  });

  it('the secret of the configuration counts, and without any nothing is taken', () => {
    const webhook = raw({ 'flinks-authenticity-key': KNOWN.signature });
    expect(receiver(KNOWN.secret).verify(webhook, [])).toMatchObject({ ok: true });
    expect(receiver(KNOWN.secret).configuredSecrets).toHaveLength(1);
    expect(receiver().verify(webhook, [])).toMatchObject({ ok: false });
    expect(receiver().configuredSecrets).toEqual([]);
  });

  it('says which credential it is about, in the words of our ids', () => {
    expect(hintsOf(detail())).toEqual([
      {
        ...{ event: 'GetAccountsDetail', at: null, user: null, dataChanged: true },
        credentialId: `login:${LOGIN_ID}:Cr%C3%A9dit%20%26%20Co`,
      },
    ]);
    expect(hintsOf(detail({ Institution: null, InstitutionName: 'FlinksCapital' }))).toMatchObject([
      { credentialId: `login:${LOGIN_ID}:FlinksCapital` },
    ]);
  });

  it('only details bring data', () => {
    expect(hintsOf(detail({ ResponseType: 'KYC' }))).toMatchObject([{ event: 'KYC', dataChanged: false }]);
    expect(hintsOf(detail({ ResponseType: 'Sunrise' }))).toMatchObject([{ event: 'Sunrise', dataChanged: false }]);
    expect(hintsOf(detail({ HttpStatusCode: 401, FlinksCode: 'RETRY_LATER' }))).toMatchObject([{ dataChanged: false }]);
  });

  it('one that is about no card of ours has no hint', () => {
    for (const more of [{ Login: null }, { Login: { Id: 'x' } }, { Institution: null }]) {
      expect(hintsOf(detail(more))).toEqual([]);
    }
  });

  it('a body that is none is refused', () => {
    for (const body of [{}, { ResponseType: '' }, { ResponseType: 7 }, detail({ Login: { Id: null } })]) {
      const parsed = receiver().parse(Buffer.from(JSON.stringify(body)));
      expect(parsed).toMatchObject({ ok: false, failure: { code: 'webhook.malformed' } });
    }
  });

  it('is registered by hand', async () => {
    expect(receiver().registers).toBe(false);
    for (const result of [receiver().register(), receiver().registrations(), receiver().unregister()]) {
      expect(await result).toMatchObject({ failure: { code: 'capability_unsupported', mayHaveHappened: false } });
    }
  });
});
