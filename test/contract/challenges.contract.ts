import type { Challenge, SubmitInformation } from '../../src/credentials/challenge.js';
import type { CredentialRef } from '../../src/credentials/credential-ref.js';
import type { Observation } from '../../src/credentials/observation.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { withBench } from './contract-bench.js';
import type { ContractHarness, StartHarness } from './contract-harness.js';

const PNG = '89504e470d0a1a0a';

interface Asked {
  readonly ref: CredentialRef;
  readonly observation: Observation;
}

/** What the user is asked, and how it ends. */
export function describeChallenges(start: StartHarness): void {
  const at = withBench(start);

  const question = ({ observation: { challenge } }: Asked): SubmitInformation => {
    if (challenge?.kind !== 'submit_information') throw new Error('Nothing is asked.');
    return challenge;
  };
  const submit = async (asked: Asked, challenge: Challenge, answers: ReturnType<ContractHarness['answers']>) =>
    at().service.submitSupplementalInformation(asked.ref, challenge, answers, at().call);

  describe('a question', () => {
    it('is there when, and only when, the user must act', async () => {
      const { observation } = await at().active();
      expect(observation.challenge).toBeUndefined();
      const asked = await at().reach('asked_for_code');
      if (!asked) return;
      expect(asked.observation).toMatchObject({ state: 'awaiting_user', cause: 'user_interaction' });
      const { fields, expiresAt } = question(asked);
      expect(fields.some(({ type }) => type !== 'info')).toBe(true);
      expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
      expect(expiresAt?.getTime()).toBeGreaterThan(at().harness.now().getTime());
    });

    it('answered well leads on, perhaps to the next one, and to an active credential', async () => {
      const asked = await at().reach('asked_for_code');
      if (!asked) return;
      let current: Asked = asked;
      for (let round = 0; round < 5 && current.observation.state === 'awaiting_user'; round += 1) {
        const challenge = question(current);
        const answers = at().harness.answers(current.ref, challenge, true);
        const accepted = await at().value(submit(current, challenge, answers));
        expect(accepted.providerStatusAt).toBeNull();
        current = { ref: asked.ref, observation: await at().settledAfter(asked.ref, current.observation) };
      }
      expect(current.observation.state).toBe('active');
    });

    it('answered badly, or not in time, needs the user again', async () => {
      const bad = await at().reach('asked_for_code');
      if (!bad) return;
      const challenge = question(bad);
      await at().value(submit(bad, challenge, at().harness.answers(bad.ref, challenge, false)));
      expect(await at().settledAfter(bad.ref, bad.observation)).toMatchObject({
        state: 'reauth_required',
        cause: 'challenge_failed',
      });
      const late = await at().reach('asked_for_code');
      if (!late) return;
      const limit = question(late).expiresAt?.getTime() ?? 0;
      at().harness.advance(limit - at().harness.now().getTime());
      expect(await at().settledAfter(late.ref, late.observation)).toMatchObject({
        state: 'reauth_required',
        cause: 'challenge_expired',
      });
    });

    it('takes no answers to what was not asked, nor after its time, nor when it is over', async () => {
      const asked = await at().reach('asked_for_code');
      if (!asked) return;
      const challenge = question(asked);
      const right = at().harness.answers(asked.ref, challenge, true);
      expect(
        await at().failure(submit(asked, challenge, new Map([...right, ['noSuchField', new Opened('1')]]))),
      ).toMatchObject({
        code: 'challenge.unknown_field',
        pointer: `/fields/${right.size}/name`,
        mayHaveHappened: false,
      });
      await at().value(submit(asked, challenge, right));
      await at().settledAfter(asked.ref, asked.observation);
      expect(await at().failure(submit(asked, challenge, right))).toMatchObject({ code: 'challenge.none' });
      at().harness.advance(10 * 60_000);
      expect(await at().failure(submit(asked, challenge, right))).toMatchObject({ code: 'challenge.expired' });
    });
  });

  it('has no answer where the user must scan, open or follow', async () => {
    const { ref, observation } = await at().active();
    const challenge: Challenge = { kind: 'follow_redirect', expiresAt: null, url: 'https://bank.test/' };
    const code = await at().failure(submit({ ref, observation }, challenge, new Map()));
    expect(['challenge.none', 'capability_unsupported']).toContain(code === 'no failure' ? code : code.code);
  });

  describe('a picture to scan', () => {
    it('is a PNG while it is open', async () => {
      const asked = await at().reach('asked_to_scan');
      if (!asked) return;
      expect(asked.observation.challenge?.kind).toBe('scan_qr');
      const { png } = await at().value(at().service.qr(asked.ref, at().call));
      expect(Buffer.from(png).toString('hex').startsWith(PNG)).toBe(true);
      at().harness.approve(asked.ref);
      expect((await at().settledAfter(asked.ref, asked.observation)).state).toBe('active');
    });

    it('is not there when nothing is open', async () => {
      const { ref } = await at().active();
      const failure = await at().failure(at().service.qr(ref, at().call));
      const expected = at().service.capabilities.qr ? 'challenge.none' : 'capability_unsupported';
      expect(failure).toMatchObject({ code: expected });
    });
  });

  describe('a visit to the bank', () => {
    it('has an address, and ends in an active credential with a consent', async () => {
      const asked = await at().reach('sent_to_bank');
      if (!asked) return;
      const { challenge } = asked.observation;
      expect(challenge).toMatchObject({ kind: 'follow_redirect', url: expect.stringMatching(/^https?:/) as unknown });
      at().harness.approve(asked.ref);
      const active = await at().settledAfter(asked.ref, asked.observation);
      expect(active.state).toBe('active');
      expect(active.consentExpiresAt?.getTime()).toBeGreaterThan(at().harness.now().getTime());
    });
  });

  describe('renewing a consent', () => {
    it('asks the user and heals the same credential', async () => {
      const expired = await at().reach('consent_expired');
      if (!expired) return;
      const { service, call, harness } = at();
      if (!service.capabilities.authenticate) {
        expect(await at().failure(service.authenticate(expired.ref, {}, call))).toMatchObject({
          code: 'capability_unsupported',
        });
        return;
      }
      const accepted = await at().value(service.authenticate(expired.ref, { returnUrl: 'https://app.test/' }, call));
      expect(accepted.providerStatusAt).toBeNull();
      const asked = await at().settledAfter(expired.ref, expired.observation);
      expect(asked.state).toBe('awaiting_user');
      harness.approve(expired.ref);
      const active = await at().settledAfter(expired.ref, asked);
      expect(active.state).toBe('active');
      expect(active.consentExpiresAt?.getTime()).toBeGreaterThan(harness.now().getTime());
    });
  });
}
