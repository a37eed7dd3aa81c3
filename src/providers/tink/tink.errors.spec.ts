import type { OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import { outgoingFault } from '../../platform/http/outgoing-outcome.js';
import { faultFailure, nonsense, refusal, type RefusalContext } from './tink.errors.js';

const now = new Date('2026-11-20T10:00:00Z');
const answer = (status: number, body = '', headers: readonly (readonly [string, string])[] = []): OutgoingAnswer => ({
  kind: 'answer',
  status,
  headers: new Map(headers),
  body: new TextEncoder().encode(body),
});
const context = (more: Partial<RefusalContext> = {}): RefusalContext => ({ refusals: {}, changes: true, now, ...more });

describe('a refusal by Tink', () => {
  it.each([
    [302, 'provider.bad_response', false],
    [400, 'provider.bad_response', false],
    [401, 'provider.misconfigured', false],
    [403, 'provider.misconfigured', false],
    [404, 'credential.not_found', false],
    [408, 'provider.unavailable', true],
    [409, 'credential.busy', false],
    [412, 'credential.not_refreshable', false],
    [418, 'provider.bad_response', false],
    [429, 'provider.rate_limited', false],
    [451, 'provider.misconfigured', false],
    [500, 'provider.unavailable', true],
    [503, 'provider.unavailable', true],
    [599, 'provider.unavailable', true],
  ])('with %d is %s', (status, code, mayHaveHappened) => {
    expect(refusal(answer(status), context())).toMatchObject({ code, mayHaveHappened });
    expect(refusal(answer(status), context({ changes: false })).mayHaveHappened).toBe(false);
  });

  it('means what the operation says it means', () => {
    const refusals = { 409: 'credential.duplicate', 400: 'credential.invalid_input' } as const;
    expect(refusal(answer(409), context({ refusals })).code).toBe('credential.duplicate');
    expect(refusal(answer(400), context({ refusals, pointer: '/fields' }))).toMatchObject({ pointer: '/fields' });
    expect(refusal(answer(404), context({ refusals, pointer: '/fields' }))).not.toHaveProperty('pointer');
  });

  it('tells when to come back, if Tink does', () => {
    const limited = (value: string) => refusal(answer(429, '', [['retry-after', value]]), context()).retryAt;
    expect(limited('30')?.toISOString()).toBe('2026-11-20T10:00:30.000Z');
    expect(limited('Fri, 20 Nov 2026 10:01:00 GMT')?.toISOString()).toBe('2026-11-20T10:01:00.000Z');
    expect(limited('soon')).toBeUndefined();
    expect(refusal(answer(429), context())).not.toHaveProperty('retryAt');
  });

  it('keeps the codes of Tink for the operator, and no text', () => {
    const body = '{"errorMessage":"u12345678 is wrong","errorCode":"user.user_with_external_user_id_already_exists"}';
    const failure = refusal(answer(409, body, [['x-request-id', 'req-1']]), context());
    expect(failure.evidence).toEqual({
      httpStatus: 409,
      providerRequestId: 'req-1',
      providerErrorCode: 'user.user_with_external_user_id_already_exists',
    });
    expect(JSON.stringify(failure)).not.toContain('u12345678');
  });

  it.each([
    '',
    '<html>502</html>',
    'null',
    '[]',
    '{"errorCode":null}',
    '{"errorCode":7}',
    '{"errorCode":"a b geheim"}',
  ])('is read from the body %p', (body) => {
    expect(refusal(answer(502, body, [['x-request-id', 'bad id\n']]), context()).evidence).toEqual({ httpStatus: 502 });
  });
});

describe('a call to Tink that came to nothing', () => {
  it.each([
    ['timeout', 'provider.timeout'],
    ['aborted', 'provider.aborted'],
    ['unreachable', 'provider.unavailable'],
    ['connection_lost', 'provider.unavailable'],
    ['too_large', 'provider.bad_response'],
    ['circuit_open', 'provider.unavailable'],
    ['saturated', 'provider.unavailable'],
  ] as const)('by %s is %s', (fault, code) => {
    expect(faultFailure(outgoingFault(fault, true), true)).toMatchObject({ code, mayHaveHappened: true });
    expect(faultFailure(outgoingFault(fault, true), false).mayHaveHappened).toBe(false);
    expect(faultFailure(outgoingFault(fault, false), true).mayHaveHappened).toBe(false);
  });

  it('may have happened when only the answer is nonsense', () => {
    expect(nonsense(answer(200, '<html>'), true)).toMatchObject({
      code: 'provider.bad_response',
      mayHaveHappened: true,
    });
  });
});
