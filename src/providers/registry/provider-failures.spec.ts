import { PROVIDER_FAILURE_CODES, type ProviderFailure } from '../../credentials/failure.js';
import { fail, ok } from '../../credentials/result.js';
import { Failure } from '../../platform/errors/failure.js';
import { asFailure, valueOf } from './provider-failures.js';

const bare: ProviderFailure = { code: 'provider.timeout', message: 'Too slow.', mayHaveHappened: true };

describe('asFailure', () => {
  it.each(PROVIDER_FAILURE_CODES)('keeps the code %s', (code) => {
    expect(asFailure({ ...bare, code }).code).toBe(code);
  });

  it('adds nothing to a bare failure', () => {
    const failure = asFailure(bare);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure.message).toBe('Too slow.');
    expect(failure.details).toEqual({ detail: 'Too slow.' });
  });

  it('hands on the time, the pointer and the way out', () => {
    const retryAt = new Date('2026-11-20T12:00:00Z');
    const failure = asFailure({ ...bare, retryAt, pointer: '/fields/pin', instead: '/v1/link-sessions' });
    expect(failure.details).toEqual({
      detail: 'Too slow.',
      retryAt,
      violations: [{ pointer: '/fields/pin', message: 'Too slow.' }],
      members: { instead: '/v1/link-sessions' },
    });
  });

  it("keeps the operator's evidence and the observation away from the caller", () => {
    const failure = asFailure({
      ...bare,
      evidence: { requestId: 'vendor-request' },
      observation: { state: 'blocked', cause: 'unknown', providerStatus: 'VENDOR_WORD', providerStatusAt: null },
    });
    expect(JSON.stringify(failure.details)).toBe('{"detail":"Too slow."}');
  });
});

describe('valueOf', () => {
  it.each(['value', '', null, false])('gives the value, also an empty one: %j', (value) => {
    expect(valueOf(ok(value))).toBe(value);
  });

  it('throws the failure', () => {
    expect(() => valueOf(fail(bare))).toThrow(new Failure('provider.timeout', { detail: 'Too slow.' }));
  });
});
