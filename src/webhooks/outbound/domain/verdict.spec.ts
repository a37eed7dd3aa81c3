import type { OutgoingAnswer } from '../../../platform/http/outgoing-outcome.js';
import { judge } from './verdict.js';

const NOW = new Date('2026-11-20T12:00:00.000Z');

function answer(status: number, body = '', headers: Record<string, string> = {}): OutgoingAnswer {
  return { kind: 'answer', status, headers: new Map(Object.entries(headers)), body: Buffer.from(body) };
}

describe('judge', () => {
  it.each([200, 201, 204, 299])('%i is delivered', (status) => {
    expect(judge(answer(status), NOW)).toEqual({
      kind: 'delivered',
      status,
      error: null,
      excerpt: null,
      askedAt: undefined,
    });
  });

  it.each([
    [301, 'failed', 'redirect'],
    [308, 'failed', 'redirect'],
    [400, 'failed', 'http_error'],
    [404, 'failed', 'http_error'],
    [410, 'gone', 'gone'],
    [500, 'failed', 'http_error'],
  ] as const)('%i is %s: %s', (status, kind, error) => {
    expect(judge(answer(status, 'no'), NOW)).toMatchObject({ kind, status, error, excerpt: 'no' });
  });

  it.each([
    [429, new Date(NOW.getTime() + 90_000)],
    [503, new Date(NOW.getTime() + 90_000)],
    [500, undefined],
  ])('%i: Retry-After leads to %s', (status, askedAt) => {
    expect(judge(answer(status, '', { 'retry-after': '90' }), NOW).askedAt).toEqual(askedAt);
  });

  it('blames nobody when this process stops', () => {
    expect(judge({ kind: 'fault', fault: 'aborted', mayHaveReached: true }, NOW).kind).toBe('cut_off');
    expect(judge({ kind: 'fault', fault: 'timeout', mayHaveReached: true }, NOW)).toMatchObject({
      kind: 'failed',
      error: 'timeout',
    });
  });

  it('tries a refused address again: a name may lead elsewhere tomorrow', () => {
    expect(judge({ kind: 'refused', refusal: 'not_public' }, NOW)).toMatchObject({
      kind: 'failed',
      error: 'refused_target',
    });
  });

  it('keeps the beginning of an answer, and no secret that it repeats', () => {
    const { excerpt } = judge(
      answer(500, `bad\u0000sig v1,${'A'.repeat(43)}= of whsec_QUJD, Bearer abc.def${'x'.repeat(500)}`),
      NOW,
    );
    expect(excerpt).toBe('bad sig v1,[redacted] of whsec_[redacted], Bearer [redacted]');
    expect(judge(answer(500, 'y'.repeat(1000)), NOW).excerpt).toHaveLength(300);
  });
});
