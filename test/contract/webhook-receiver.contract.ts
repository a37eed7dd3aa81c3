import { inspect } from 'node:util';

import type { ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';
import type { RawWebhook, WebhookReceiver } from '../../src/credentials/webhook-receiver.js';
import { Opened } from '../../src/platform/crypto/opened.js';

/** A webhook as the vendor itself would send it. */
export interface GenuineWebhook {
  readonly webhook: RawWebhook;
  readonly about: { readonly credentialId: string | null; readonly user: ProviderUserRef | null };
}

/** Everything about a provider's webhooks that the contract must not know. One for each test. */
export interface WebhookReceiverHarness {
  /** Configured with a secret of its own. */
  readonly receiver: WebhookReceiver;
  now(): Date;
  /** Signed now with this secret: data of a credential are ready. */
  genuine(secret: string): GenuineWebhook;
  /** These bytes, signed now. */
  signed(body: Uint8Array, secret: string): RawWebhook;
  /** A well-formed body whose event nobody knows. */
  readonly unknownEvent: Uint8Array;
  /** False = the signature holds no time, so a replay cannot be told. */
  readonly signsTime: boolean;
  /** Headers that carry the proof, in lower case. */
  readonly proofHeaders: readonly string[];
  close(): Promise<void>;
}

const SECRET = 'whsec-one-geheim-0123456789abcdef';
const OLDER = 'whsec-old-geheim-0123456789abcdef';
const HOUR_MS = 3_600_000;
const call = { signal: new AbortController().signal };

/** The behaviour of every provider's `WebhookReceiver`. */
export function describeWebhookReceiverContract(name: string, start: () => Promise<WebhookReceiverHarness>): void {
  describe(`${name} as a receiver of webhooks`, () => {
    let harness: WebhookReceiverHarness;
    beforeEach(async () => {
      harness = await start();
    });
    afterEach(async () => harness.close());

    describeProof(() => harness);
    describeHints(() => harness);
    describeRegistration(() => harness);
  });
}

function describeProof(at: () => WebhookReceiverHarness): void {
  const verify = (webhook: RawWebhook, secrets: readonly string[], now = at().now()) => {
    const result = at().receiver.verify(
      webhook,
      secrets.map((secret) => new Opened(secret)),
      now,
    );
    const shown = inspect(result, { depth: Infinity }) + JSON.stringify(result);
    for (const secret of [SECRET, OLDER]) expect(shown).not.toContain(secret);
    return result.ok ? 'accepted' : result.failure.code;
  };
  const refused: unknown = expect.stringMatching(/^webhook\.(signature_mismatch|unauthenticated)$/);

  it('believes what a living secret signed, whichever it is', () => {
    expect(verify(at().genuine(SECRET).webhook, [SECRET])).toBe('accepted');
    expect(verify(at().genuine(OLDER).webhook, [SECRET, OLDER])).toBe('accepted');
  });

  it('believes what the configured secret signed', () => {
    const { receiver } = at();
    expect(receiver.configuredSecrets.length).toBeGreaterThan(0);
    for (const secret of receiver.configuredSecrets) {
      expect(verify(at().genuine(secret.reveal('test')).webhook, [])).toBe('accepted');
    }
  });

  it('believes nothing that another secret signed, or none', () => {
    expect(verify(at().genuine(OLDER).webhook, [SECRET])).toEqual(refused);
    expect(verify(at().genuine('').webhook, [SECRET])).toEqual(refused);
    expect(verify(at().genuine(SECRET).webhook, [])).toEqual(refused);
  });

  it('notices every changed byte of the body', () => {
    const { webhook } = at().genuine(SECRET);
    for (let index = 0; index < webhook.body.length; index += 7) {
      const body = Uint8Array.from(webhook.body);
      body[index] = (body[index] ?? 0) ^ 1;
      expect(verify({ ...webhook, body }, [SECRET])).toEqual(refused);
    }
    expect(verify({ ...webhook, body: webhook.body.slice(1) }, [SECRET])).toEqual(refused);
    expect(verify({ ...webhook, body: Buffer.concat([webhook.body, Buffer.from(' ')]) }, [SECRET])).toEqual(refused);
    expect(verify({ ...webhook, body: new Uint8Array() }, [SECRET])).toEqual(refused);
  });

  it('believes nothing whose proof is missing or nonsense', () => {
    const { webhook } = at().genuine(SECRET);
    for (const header of at().proofHeaders) {
      const without = new Map(webhook.headers);
      without.delete(header);
      expect(verify({ ...webhook, headers: without }, [SECRET])).toEqual(refused);
      for (const nonsense of [
        '',
        ' ',
        ',',
        '=',
        'x',
        't=,v1=',
        `t=1e9,v1=${'0'.repeat(64)}`,
        'ü'.repeat(40),
        'a'.repeat(9000),
      ]) {
        const headers = new Map(webhook.headers).set(header, nonsense);
        expect(verify({ ...webhook, headers }, [SECRET])).toEqual(refused);
      }
    }
  });

  it('verifies bytes, not texts: the body need not be UTF-8', () => {
    const body = Uint8Array.from([0xff, 0x00, 0xfe, 0x7b]);
    expect(verify(at().signed(body, SECRET), [SECRET])).toBe('accepted');
  });

  it('takes a signature with a time only while it is fresh', () => {
    const { webhook } = at().genuine(SECRET);
    const later = new Date(at().now().getTime() + HOUR_MS);
    const earlier = new Date(at().now().getTime() - HOUR_MS);
    const expected = at().signsTime ? refused : 'accepted';
    expect(verify(webhook, [SECRET], later)).toEqual(expected);
    expect(verify(webhook, [SECRET], earlier)).toEqual(expected);
  });
}

function describeHints(at: () => WebhookReceiverHarness): void {
  it('says which credential or user it is about', () => {
    const { webhook, about } = at().genuine(SECRET);
    const hints = at().receiver.parse(webhook.body);
    if (!hints.ok) throw new Error(hints.failure.code);
    expect(hints.value.length).toBeGreaterThan(0);
    const [hint] = hints.value;
    expect(hint?.event).toMatch(/\S/);
    expect(hint?.credentialId?.reveal('test') ?? null).toBe(about.credentialId);
    expect(hint?.user ?? null).toBe(about.user);
    if (about.credentialId !== null) expect(inspect(hints, { depth: Infinity })).not.toContain(about.credentialId);
  });

  it('takes an event that nobody knows for a hint', () => {
    const hints = at().receiver.parse(at().unknownEvent);
    expect(hints.ok && hints.value.every(({ dataChanged }) => !dataChanged)).toBe(true);
    expect(hints.ok && hints.value.length).toBe(1);
  });

  it.each(['', ' ', 'null', '[]', '1', '"x"', '{', '{"a":', '\u0000', '[['.repeat(5000)])(
    'calls the body %p malformed, and repeats nothing of it',
    (text) => {
      const result = at().receiver.parse(Buffer.from(text));
      expect(result).toMatchObject({ ok: false, failure: { code: 'webhook.malformed' } });
    },
  );
}

function describeRegistration(at: () => WebhookReceiverHarness): void {
  const URL = 'https://mooring.test/hooks/abc';
  const ids = (list: readonly { readonly vendorId: SecretValue }[]): readonly string[] =>
    list.map(({ vendorId }) => vendorId.reveal('test'));

  it('registers, lists and unregisters, or says that it cannot', async () => {
    const { receiver } = at();
    const made = await receiver.register(URL, call);
    if (!receiver.registers) {
      expect(made).toMatchObject({ ok: false, failure: { code: 'capability_unsupported', mayHaveHappened: false } });
      return;
    }
    if (!made.ok) throw new Error(made.failure.code);
    expect(made.value).toMatchObject({ url: URL });
    const secret = made.value.secret?.reveal('test') ?? '';
    expect(secret).not.toBe('');
    const list = await receiver.registrations(call);
    if (!list.ok) throw new Error(list.failure.code);
    expect(ids(list.value)).toEqual(ids([made.value]));
    expect(inspect([made, list], { depth: Infinity })).not.toContain(secret);
    expect(await receiver.unregister(made.value.vendorId, call)).toEqual({ ok: true, value: { alreadyGone: false } });
    expect(await receiver.unregister(made.value.vendorId, call)).toEqual({ ok: true, value: { alreadyGone: true } });
    expect(await receiver.registrations(call)).toEqual({ ok: true, value: [] });
  });

  it('may be told to register again: there is still one, whose secret is told only once', async () => {
    const { receiver } = at();
    if (!receiver.registers) return;
    const first = await receiver.register(URL, call);
    const again = await receiver.register(URL, call);
    if (!first.ok || !again.ok) throw new Error('Not registered.');
    expect(ids([again.value])).toEqual(ids([first.value]));
    expect(again.value.secret).toBeNull();
    const list = await receiver.registrations(call);
    expect(list.ok && list.value.length).toBe(1);
  });

  it('sends nothing for a caller who has given up', async () => {
    const { receiver } = at();
    if (!receiver.registers) return;
    const gone = await receiver.register(URL, { signal: AbortSignal.abort() });
    expect(gone).toMatchObject({ ok: false, failure: { code: 'provider.aborted', mayHaveHappened: false } });
  });
}
