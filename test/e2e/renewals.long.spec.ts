import { member, textAt } from '../../src/sandbox/rest-client.js';
import { SandboxApp } from '../factories/sandbox-app.factory.js';

const EMBEDDED = 'se-demobank-open-banking-embedded';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WINDOW_MS = 7 * DAY;

describe('renewing a consent that is still valid', () => {
  let mooring: SandboxApp;

  beforeAll(async () => {
    mooring = await SandboxApp.start();
  });

  beforeEach(async () => {
    await mooring.forget();
  });

  afterAll(async () => {
    await mooring.close();
  });

  const right = (userId: string) => mooring.credentialOf(userId).expectedAnswer ?? {};
  const answer = async (id: string, userId: string) =>
    mooring.post(`/v1/connections/${id}/supplemental-information`, { fields: right(userId) });
  const authenticate = async (id: string) => mooring.post(`/v1/connections/${id}/authenticate`, {});
  const at = (body: unknown, ...path: string[]) => new Date(textAt(body, ...path)).getTime();

  /** A healthy connection with a consent, moved to `left` ms before its end. */
  async function withConsent(left: number) {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId, institutionId: EMBEDDED });
    await mooring.until(id, 'awaiting_user');
    await answer(id, userId);
    const body = await mooring.until(id, 'active');
    const ends = at(body, 'consent', 'expiresAt');
    mooring.advance(ends - mooring.clock.now().getTime() - left);
    return { id, userId, ends, body };
  }

  it('is offered from seven days before its end, to the millisecond, and the connection stays healthy', async () => {
    const { id, ends } = await withConsent(WINDOW_MS + 1);

    const early = (await mooring.read(id)).body;
    expect(early).toMatchObject({ consent: { status: 'valid' }, nextAction: { kind: 'none' } });
    expect(at(early, 'consent', 'renewableFrom')).toBe(ends - WINDOW_MS);

    mooring.advance(1);
    const renewable = await mooring.get(`/v1/connections/${id}/explain`);
    expect(renewable.body).toMatchObject({
      nextAction: { kind: 'renew_consent', by: 'user', deadline: new Date(ends).toISOString() },
      consent: { status: 'expiring' },
    });
    mooring.advance(30_000);
    const shown = (await mooring.read(id)).body;
    expect(shown).toMatchObject({
      state: { value: 'active' },
      consent: { status: 'expiring', expiresAt: new Date(ends).toISOString() },
      nextAction: { kind: 'renew_consent', by: 'user', deadline: new Date(ends).toISOString() },
    });
    expect(member(shown, 'sync', 'nextAt')).not.toBeNull();
    const refreshed = await mooring.post(`/v1/connections/${id}/refresh`, { userPresent: false });
    expect(refreshed.status).toBe(202);
  });

  it('keeps id and history, moves the end, and asks for nothing more', async () => {
    const { id, userId, ends, body } = await withConsent(WINDOW_MS - MINUTE);
    const before = await mooring.states(id);

    expect((await authenticate(id)).status).toBe(202);
    await mooring.until(id, 'awaiting_user');
    await answer(id, userId);
    const renewed = await mooring.until(id, 'active');

    expect(at(renewed, 'consent', 'expiresAt')).toBeGreaterThan(ends);
    expect(renewed).toMatchObject({
      ...{ id, createdAt: textAt(body, 'createdAt'), institutionId: EMBEDDED },
      ...{ consent: { status: 'valid' }, nextAction: { kind: 'none' } },
    });
    expect((await mooring.states(id)).slice(0, before.length)).toEqual(before);
    expect(mooring.credentialsOf(userId)).toHaveLength(1);
  });

  it('that is given up half-way shows what the provider says, and loses neither consent nor data', async () => {
    const { id, userId, ends, body } = await withConsent(WINDOW_MS - MINUTE);
    await authenticate(id);
    await mooring.until(id, 'awaiting_user');
    mooring.advance(2 * MINUTE + 1000);

    const left = await mooring.until(id, 'reauth_required');

    // Tink itself holds such a credential for unauthenticated and leaves it out of its background refreshes.
    expect(left).toMatchObject({
      state: { cause: 'challenge_expired', providerStatus: 'AUTHENTICATION_ERROR' },
      nextAction: { kind: 'renew_consent', by: 'user' },
      consent: { status: 'expiring', expiresAt: new Date(ends).toISOString() },
      data: { asOf: textAt(body, 'data', 'asOf') },
      sync: { nextAt: null },
    });
    const explained = (await mooring.get(`/v1/connections/${id}/explain`)).body;
    expect(textAt(explained, 'consent', 'text')).toContain('it stays valid meanwhile');

    await authenticate(id);
    await mooring.until(id, 'awaiting_user');
    await answer(id, userId);
    const renewed = await mooring.until(id, 'active');
    expect(at(renewed, 'consent', 'expiresAt')).toBeGreaterThan(ends);
    expect(renewed).toMatchObject({ id, nextAction: { kind: 'none' } });
  });

  it('is healthy again as soon as the provider says so, without anybody acting', async () => {
    const { id, userId } = await withConsent(WINDOW_MS - MINUTE);
    await authenticate(id);
    await mooring.until(id, 'awaiting_user');
    mooring.advance(2 * MINUTE + 1000);
    await mooring.until(id, 'reauth_required');
    mooring.tink.setStatus(mooring.credentialOf(userId).id, { status: 'UPDATED' });

    mooring.advance(6 * 60 * MINUTE + MINUTE);
    await mooring.watch();

    expect((await mooring.read(id)).body).toMatchObject({
      state: { value: 'active', cause: 'none' },
      nextAction: { kind: 'renew_consent' },
    });
  });

  it('can be cancelled at the bank: the user may try again at once', async () => {
    const { id, userId } = await withConsent(WINDOW_MS - MINUTE);
    await authenticate(id);
    await mooring.until(id, 'awaiting_user');
    const cancelled = { status: 'AUTHENTICATION_ERROR' } as const;
    mooring.tink.setStatus(mooring.credentialOf(userId).id, {
      ...cancelled,
      detailedError: {
        type: 'USER_LOGIN_ERROR',
        displayMessage: 'x',
        details: { reason: 'DYNAMIC_CREDENTIALS_FLOW_CANCELLED', retryable: false },
      },
    });
    expect(await mooring.until(id, 'reauth_required')).toMatchObject({ state: { cause: 'user_cancelled' } });
    expect((await authenticate(id)).status).toBe(202);
    await mooring.until(id, 'awaiting_user');
  });

  it('shows the end at the very end, and not a moment before', async () => {
    const { id } = await withConsent(1);
    const explained = async () => (await mooring.get(`/v1/connections/${id}/explain`)).body;
    expect(await explained()).toMatchObject({ consent: { status: 'expiring' } });
    mooring.advance(1);
    expect(await explained()).toMatchObject({
      consent: { status: 'expired' },
      nextAction: { kind: 'renew_consent', message: 'The consent has ended. The user must renew it at the bank.' },
    });
  });
});
