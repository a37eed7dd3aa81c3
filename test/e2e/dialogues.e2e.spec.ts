import { member, textAt } from '../../src/sandbox/rest-client.js';
import type { QrForm } from '../../src/sandbox/tink/tink-simulator.types.js';
import { SandboxApp, STEP_MS } from '../factories/sandbox-app.factory.js';

const EMBEDDED = 'se-demobank-open-banking-embedded';
const BANKID = 'se-demobank-open-banking-bankid';
const REDIRECT = 'se-demobank-open-banking-redirect';
const TWO_ROUNDS = 'se-test-multi-supplemental';
const QUESTION_MS = 120_000;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

describe('a dialogue with the user', () => {
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

  /** A connection whose bank asks the user now. */
  async function asked(institutionId: string, fields?: Record<string, string>) {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId, institutionId, ...(fields ? { fields } : {}) });
    return { id, userId, body: await mooring.until(id, 'awaiting_user') };
  }

  const answer = (id: string, fields: unknown) =>
    mooring.post(`/v1/connections/${id}/supplemental-information`, { fields });
  const right = (userId: string) => mooring.credentialOf(userId).expectedAnswer ?? {};
  const sent = () => mooring.calls({ method: 'POST', path: '/supplemental-information$' });

  describe('with a one-time code', () => {
    it('says what the bank asks, by when, and becomes active with the right code', async () => {
      const { id, userId, body } = await asked(EMBEDDED);

      expect(body).toMatchObject({
        state: {
          value: 'awaiting_user',
          cause: 'user_interaction',
          providerStatus: 'AWAITING_SUPPLEMENTAL_INFORMATION',
        },
        nextAction: { kind: 'submit_information', by: 'user' },
      });
      const deadline = new Date(textAt(body, 'nextAction', 'deadline')).getTime();
      expect(deadline - new Date(textAt(body, 'state', 'since')).getTime()).toBeLessThanOrEqual(QUESTION_MS);
      expect(deadline).toBeGreaterThan(mooring.clock.now().getTime());
      expect(member(body, 'nextAction', 'fields')).toContainEqual(
        expect.objectContaining({
          name: 'otpInput',
          type: 'numeric',
          required: true,
          minLength: 4,
          pattern: '^[0-9]{4}$',
        }),
      );

      expect((await answer(id, right(userId))).status).toBe(202);
      await mooring.until(id, 'active');
      expect(await mooring.states(id)).toEqual([
        ...['pending', 'authenticating', 'awaiting_user', 'authenticating', 'syncing', 'active'],
      ]);
    });

    it('takes the answer as a list of names and values too', async () => {
      const { id, userId } = await asked(EMBEDDED);
      const list = Object.entries(right(userId)).map(([name, value]) => ({ name, value }));

      expect((await answer(id, list)).status).toBe(202);
      await mooring.until(id, 'active');
    });

    it('asks for a new try after a wrong code, and the same connection heals', async () => {
      const { id, userId } = await asked(EMBEDDED);
      const wrong = Object.values(right(userId))[0] === '0000' ? '1111' : '0000';

      expect((await answer(id, { otpInput: wrong })).status).toBe(202);
      const failed = await mooring.until(id, 'reauth_required');
      expect(failed).toMatchObject({
        state: { cause: 'challenge_failed' },
        nextAction: { kind: 'renew_consent', by: 'user' },
      });

      expect((await mooring.post(`/v1/connections/${id}/authenticate`, {})).status).toBe(202);
      await mooring.until(id, 'awaiting_user');
      await answer(id, right(userId));
      await mooring.until(id, 'active');
    });

    it('is refused by us when two minutes are over, and nothing is sent', async () => {
      const { id, userId } = await asked(EMBEDDED);
      const fields = right(userId);
      mooring.advance(QUESTION_MS);

      const late = await answer(id, fields);

      expect(late).toMatchObject({ status: 409, body: { code: 'challenge.expired' } });
      expect(sent()).toBe(0);
      expect(await mooring.until(id, 'reauth_required')).toMatchObject({
        state: { cause: 'challenge_expired' },
        nextAction: { kind: 'renew_consent' },
      });
    });

    it.each([
      ['an unknown field', { otpInput: '1234', colour: 'blue' }, 'challenge.unknown_field', '/fields/colour'],
      ['an unknown field in a list', [{ name: 'colour', value: 'blue' }], 'challenge.unknown_field', '/fields/0'],
      [
        'a field that only shows something',
        { challenge: '1', otpInput: '1234' },
        'challenge.unknown_field',
        '/fields/challenge',
      ],
      ['a code that is too short', { otpInput: '123' }, 'challenge.invalid_answer', '/fields/otpInput'],
      ['a code with letters', { otpInput: '12a4' }, 'challenge.invalid_answer', '/fields/otpInput'],
      ['no answer at all', {}, 'challenge.invalid_answer', '/fields/otpInput'],
      [
        'two answers to one field',
        [
          { name: 'otpInput', value: '1234' },
          { name: 'otpInput', value: '4321' },
        ],
        'challenge.invalid_answer',
        '/fields/1',
      ],
    ])('refuses %s with a pointer, and sends nothing', async (_what, fields, code, pointer) => {
      const { id } = await asked(EMBEDDED);

      const { status, body } = await answer(id, fields);

      expect([status, member(body, 'code')]).toEqual([422, code]);
      expect((member(body, 'errors') as { pointer: string }[]).map((each) => each.pointer)).toContain(pointer);
      expect(sent()).toBe(0);
      expect((await mooring.read(id)).body).toMatchObject({ state: { value: 'awaiting_user' } });
    });

    it('answers 409 when the bank asks for nothing', async () => {
      const id = await mooring.active();

      expect(await answer(id, { otpInput: '1234' })).toMatchObject({ status: 409, body: { code: 'challenge.none' } });
      expect(sent()).toBe(0);
    });

    it('goes through two rounds, each with its own question and event', async () => {
      const { id, userId, body } = await asked(TWO_ROUNDS, { username: 'tink-test' });
      expect(JSON.stringify(member(body, 'nextAction'))).toContain('first code');

      await answer(id, right(userId));
      mooring.advance(STEP_MS);
      const second = await mooring.until(id, 'awaiting_user');
      expect(JSON.stringify(member(second, 'nextAction'))).toContain('second code');
      await answer(id, right(userId));
      await mooring.until(id, 'active');

      expect((await mooring.states(id)).filter((state) => state === 'awaiting_user')).toHaveLength(2);
    });

    it('never shows an answer in the history, the explanation or the log', async () => {
      const { id, userId } = await asked(EMBEDDED);
      const secret = 'code-that-was-typed';
      await answer(id, { otpInput: secret });
      await answer(id, right(userId));
      await mooring.until(id, 'active');

      const events = await mooring.get(`/v1/connections/${id}/events`);
      const explained = await mooring.get(`/v1/connections/${id}/explain`);
      expect(events.bytes.toString() + explained.bytes.toString()).not.toContain(secret);
      expect(mooring.logText()).not.toContain(secret);
    });
  });

  describe('with a QR code', () => {
    afterEach(() => {
      mooring.tink.setQrForm('data-url');
    });

    it.each<QrForm>(['data-url', 'png', 'base64'])('gives a picture whatever form Tink sends: %s', async (form) => {
      mooring.tink.setQrForm(form);
      const { id, body } = await asked(BANKID, {});

      expect(member(body, 'nextAction')).toMatchObject({ kind: 'scan_qr', by: 'user', qr: `/v1/connections/${id}/qr` });
      const { status, headers, bytes } = await mooring.get(`/v1/connections/${id}/qr`);

      expect([status, headers.get('content-type')]).toEqual([200, 'image/png']);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(bytes.subarray(0, PNG.length)).toEqual(PNG);
    });

    it('goes on when the user has scanned it, and then there is none any more', async () => {
      const { id, userId } = await asked(BANKID, {});
      mooring.tink.approve(mooring.credentialOf(userId).id);
      await mooring.until(id, 'active');

      expect(await mooring.get(`/v1/connections/${id}/qr`)).toMatchObject({
        status: 404,
        body: { code: 'challenge.no_picture' },
      });
    });

    it('is not there in a dialogue of another kind, and not before the bank asks', async () => {
      const code = await asked(EMBEDDED);
      const fresh = await mooring.connected({ institutionId: BANKID, fields: {} });

      for (const id of [code.id, fresh]) {
        expect(await mooring.get(`/v1/connections/${id}/qr`)).toMatchObject({
          status: 404,
          body: { code: 'challenge.no_picture' },
        });
      }
    });

    it('is not there after nine minutes', async () => {
      const { id } = await asked(BANKID, {});
      mooring.advance(9 * 60_000);

      expect(await mooring.get(`/v1/connections/${id}/qr`)).toMatchObject({
        status: 404,
        body: { code: 'challenge.no_picture', detail: expect.stringContaining('over') as string },
      });
      expect(await mooring.until(id, 'reauth_required')).toMatchObject({ state: { cause: 'challenge_expired' } });
    });
  });

  describe("on the bank's own page", () => {
    it('waits while Tink has no address yet, then sends the user there and becomes active', async () => {
      const { id, userId } = await redirected();

      expect((await mooring.read(id)).body).toMatchObject({ nextAction: { kind: 'follow_redirect', by: 'user' } });
      const url = textAt((await mooring.read(id)).body, 'nextAction', 'url');
      expect(url).toContain('/bank/authorize?state=');
      mooring.tink.approve(mooring.credentialOf(userId).id);
      const active = await mooring.until(id, 'active');

      expect(active).toMatchObject({ consent: { status: 'valid' }, data: { status: 'fresh' } });
      // The address came a reading later than the status and is not taken for a step back.
      expect((await mooring.states(id)).slice(0, 3)).toEqual(['pending', 'authenticating', 'awaiting_user']);
    });

    it('returns the user to the address that the caller named', async () => {
      const { id } = await redirected('https://shop.example/back?order=7');
      const url = textAt((await mooring.read(id)).body, 'nextAction', 'url');

      const approved = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({
          ...Object.fromEntries(new URL(url).searchParams),
          decision: 'approve',
          username: 'u10000001',
        }),
      });

      expect(approved.headers.get('location')).toMatch(/^https:\/\/shop\.example\/back\?order=7&/);
      await mooring.until(id, 'active');
    });

    it('says that the user cancelled, and can be renewed with the same id', async () => {
      const { id, userId } = await redirected();
      mooring.tink.cancel(mooring.credentialOf(userId).id);

      expect(await mooring.until(id, 'reauth_required')).toMatchObject({
        state: { cause: 'user_cancelled' },
        nextAction: { kind: 'renew_consent' },
      });
      await mooring.post(`/v1/connections/${id}/authenticate`, {});
      await mooring.until(id, 'awaiting_user');
      mooring.tink.approve(mooring.credentialOf(userId).id);
      await mooring.until(id, 'active');
    });

    async function redirected(redirectUrl?: string) {
      const userId = await mooring.user();
      const id = await mooring.connected({
        userId,
        institutionId: REDIRECT,
        fields: {},
        ...(redirectUrl === undefined ? {} : { redirectUrl }),
      });
      mooring.advance(2 * STEP_MS);
      expect((await mooring.read(id)).body).toMatchObject({
        state: { value: 'authenticating', providerStatus: 'AWAITING_THIRD_PARTY_APP_AUTHENTICATION' },
        nextAction: { kind: 'wait' },
      });
      await mooring.until(id, 'awaiting_user');
      return { id, userId };
    }
  });
});
