import { createHmac } from 'node:crypto';

import { Opened } from '../../platform/crypto/opened.js';
import { verifySignature } from './tink-webhook-signature.js';

const SECRET = 'top_secret_top_secret_top_secret';
/** The documented vector, with its two spaces. */
const BODY = Buffer.from('{"context": {...}, "event": "...",  "content": {...}}');
const TIME = 1_620_198_421;
const V1 = '3808bca389150582fd78bdb5e3dfcf46f99ff168d37d60cdc13da7c5e49abefb';
const at = (seconds: number): Date => new Date((TIME + seconds) * 1000);

const verify = (header: string | null, { secrets = [SECRET], now = at(0), body = BODY } = {}) => {
  const headers = new Map(header === null ? [] : [['x-tink-signature', header]]);
  const opened = secrets.map((secret) => new Opened(secret));
  const result = verifySignature({ headers, body }, opened, now);
  return result.ok ? result.value.sentAt.getTime() / 1000 : result.failure.code;
};
const signed = (time: string, secret = SECRET) =>
  createHmac('sha256', secret).update(`${time}.`).update(BODY).digest('hex');

describe("the signature of Tink's webhooks", () => {
  it('is the documented one', () => {
    expect(verify(`t=${TIME},v1=${V1}`)).toBe(TIME);
  });

  it('may stand among others, in any order, with spaces and unknown keys', () => {
    const other = '0'.repeat(64);
    expect(verify(`t=${TIME},v1=${other},v1=${V1}`)).toBe(TIME);
    expect(verify(`v0=abc, v1=${V1} , v1=${other}, t=${TIME},x`)).toBe(TIME);
    expect(verify(`t=${TIME},v1=${other},v1=${other}`)).toBe('webhook.signature_mismatch');
  });

  it('may be of any living secret', () => {
    expect(verify(`t=${TIME},v1=${V1}`, { secrets: ['another-secret', SECRET] })).toBe(TIME);
    expect(verify(`t=${TIME},v1=${V1}`, { secrets: ['another-secret'] })).toBe('webhook.signature_mismatch');
    expect(verify(`t=${TIME},v1=${V1}`, { secrets: [] })).toBe('webhook.signature_mismatch');
  });

  it('is good for five minutes, both ways', () => {
    expect(verify(`t=${TIME},v1=${V1}`, { now: at(300) })).toBe(TIME);
    expect(verify(`t=${TIME},v1=${V1}`, { now: at(-300) })).toBe(TIME);
    expect(verify(`t=${TIME},v1=${V1}`, { now: at(301) })).toBe('webhook.signature_mismatch');
    expect(verify(`t=${TIME},v1=${V1}`, { now: at(-301) })).toBe('webhook.signature_mismatch');
  });

  it('covers its time', () => {
    expect(verify(`t=${TIME + 1},v1=${V1}`)).toBe('webhook.signature_mismatch');
    expect(verify(`t=${TIME},t=${TIME + 1},v1=${V1}`)).toBe('webhook.signature_mismatch');
  });

  it.each([
    `t=${TIME}`,
    `v1=${V1}`,
    `t=,v1=${V1}`,
    `t=${TIME},v1=`,
    `t=${TIME},v1=${V1.slice(1)}`,
    `t=${TIME},v1=${V1.toUpperCase()}`,
    `t=${TIME},v2=${V1}`,
    `t=-1,v1=${signed('-1')}`,
    `t=1e9,v1=${signed('1e9')}`,
    `t=${'9'.repeat(13)},v1=${signed('9'.repeat(13))}`,
    `t=${TIME},v1=${V1},${'x'.repeat(3000)}`,
    `t=${TIME},${`v1=${'0'.repeat(64)},`.repeat(10)}v1=${V1}`,
    'garbage',
  ])('is refused as %#', (header) => {
    expect(verify(header)).toBe('webhook.signature_mismatch');
  });

  it('must be there', () => {
    expect(verify(null)).toBe('webhook.unauthenticated');
    expect(verify('')).toBe('webhook.unauthenticated');
  });
});
