import { PROVIDER_FAILURE_CODES } from '../../credentials/failure.js';
import type { OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import { faultFailure, flanksFailure, nonsense, refusal, unsupported } from './flanks.errors.js';
import { readRefusal } from './flanks-refusals.js';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): OutgoingAnswer => ({
  kind: 'answer',
  status,
  headers: new Map(Object.entries(headers)),
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const now = new Date('2026-11-20T10:00:00Z');
const context = { refusals: {}, changes: true, now };
const trouble = (status: number, body: unknown) => readRefusal(answer(status, body)).trouble;
const newFamily = (code: string) => ({ success: false, error: { code, details: [] }, trace_id: 'tr-1' });

describe('a refusal of Flanks', () => {
  it.each([
    [200, { code: 20001, error: 'Incomplete' }, 'incomplete'],
    [202, { code: 20002 }, 'processing'],
    [500, { code: 20003, error: 'Internal Error' }, 'delayed'],
    [500, { code: 50001 }, 'bank_trouble'],
    [400, { code: 50002, error: 'Invalid credentials' }, 'wrong_login'],
    [200, { code: 50003 }, 'sca_required'],
  ])('%d %j goes by its number', (status, body, expected) => {
    expect(trouble(status, body)).toBe(expected);
  });

  it.each([
    [400, 'ValidationError', 'invalid_input'],
    [400, 'DuplicatedName', 'duplicate'],
    [500, 'UNAUTHENTICATED', 'unauthenticated'],
    [400, 'NotFound', 'unknown_element'],
    [400, 'SomethingNew', 'invalid_input'],
    [200, 'SomethingNew', 'nonsense'],
  ])('%d with the code %s is %s', (status, code, expected) => {
    expect(trouble(status, newFamily(code))).toBe(expected);
  });

  it.each([
    [401, 'Invalid credentials', 'unauthenticated'],
    [401, 'Not authenticated', 'unauthenticated'],
    [403, 'access_denied', 'access_denied'],
    [400, 'credentials_token does not exist', 'unknown_element'],
    [400, 'Invalid credentials_token', 'unknown_element'],
    [400, 'Invalid code', 'invalid_input'],
    [400, 'Missing fields: a, b', 'invalid_input'],
    [409, 'The link already exists', 'duplicate'],
    [400, 'Internal Error', 'server_trouble'],
    [200, 'Something went wrong', 'nonsense'],
  ])('%d with the text %j is %s', (status, error, expected) => {
    expect(trouble(status, { error })).toBe(expected);
  });

  it('40001 goes by its text, for it means two things', () => {
    expect(trouble(400, { code: 40001, error: 'bank does not exist' })).toBe('unknown_element');
    expect(trouble(400, { code: 40001, error: 'Missing fields: bank' })).toBe('invalid_input');
  });

  it.each([
    [400, 'invalid_input'],
    [401, 'unauthenticated'],
    [403, 'access_denied'],
    [404, 'nonsense'],
    [405, 'nonsense'],
    [408, 'server_trouble'],
    [409, 'duplicate'],
    [302, 'nonsense'],
    [429, 'rate_limited'],
    [500, 'server_trouble'],
    [503, 'server_trouble'],
  ])('a bare %d is %s', (status, expected) => {
    expect(trouble(status, '<html>')).toBe(expected);
    expect(trouble(status, { code: 12345, error: 7, success: 'no' })).toBe(expected);
  });

  it.each([[{ message: 'Successfully retrieved' }], [[]], ['OK'], [{ error: null, code: 200 }], [{ success: true }]])(
    'is not in %j with 200',
    (body) => {
      expect(readRefusal(answer(200, body)).trouble).toBeNull();
      expect(refusal(answer(200, body), context)).toBeNull();
    },
  );

  it('of success without a reason is nonsense', () => {
    expect(trouble(200, { success: false })).toBe('nonsense');
  });

  it('tells the operator numbers and codes, never texts', () => {
    const failure = refusal(answer(400, newFamily('ValidationError')), context);
    expect(failure).toMatchObject({
      code: 'provider.bad_response',
      mayHaveHappened: false,
      evidence: { httpStatus: 400, providerErrorCode: 'ValidationError', providerRequestId: 'tr-1' },
    });
    const texts = { error: 'ct_secret does not exist', code: 40001, trace_id: 'a b\n' };
    expect(refusal(answer(400, texts), context)?.evidence).toEqual({ httpStatus: 400, providerErrorCode: 40001 });
    const odd = { success: false, error: { code: 'ct secret' } };
    expect(JSON.stringify(refusal(answer(400, odd), context))).not.toContain('secret');
  });

  it('may mean something else for one operation', () => {
    const refusals = { unknown_element: 'authorization.invalid_code' } as const;
    expect(refusal(answer(400, { error: 'code does not exist' }), { ...context, refusals })).toMatchObject({
      code: 'authorization.invalid_code',
    });
  });

  it('may have happened only when the server broke and the call changes something', () => {
    expect(refusal(answer(500, ''), context)).toMatchObject({ code: 'provider.unavailable', mayHaveHappened: true });
    expect(refusal(answer(500, ''), { ...context, changes: false })).toMatchObject({ mayHaveHappened: false });
    expect(refusal(answer(409, ''), context)).toMatchObject({ code: 'credential.duplicate', mayHaveHappened: false });
    expect(nonsense(answer(200, '<html>'), true)).toMatchObject({ mayHaveHappened: true });
  });

  it('says when to come back', () => {
    const until = new Date(now.getTime() + 60_000);
    expect(refusal(answer(429, '', { 'retry-after': '60' }), context)).toMatchObject({ retryAt: until });
    expect(refusal(answer(429, ''), context)).not.toHaveProperty('retryAt');
    expect(refusal(answer(500, '', { 'retry-after': '60' }), context)).not.toHaveProperty('retryAt');
  });

  it('says of the credential what it says', () => {
    expect(refusal(answer(500, { code: 50001 }), context)).toMatchObject({
      code: 'provider.unavailable',
      observation: { state: 'retrying', cause: 'bank_unavailable' },
    });
    expect(refusal(answer(500, ''), context)).not.toHaveProperty('observation');
  });
});

describe('failures of our own', () => {
  it.each(PROVIDER_FAILURE_CODES)('%s has a sentence', (code) => {
    expect(flanksFailure(code)).toMatchObject({
      code,
      mayHaveHappened: false,
      message: expect.stringMatching(/\.$/) as string,
    });
  });

  it.each([
    ['timeout', 'provider.timeout'],
    ['aborted', 'provider.aborted'],
    ['unreachable', 'provider.unavailable'],
    ['connection_lost', 'provider.unavailable'],
    ['too_large', 'provider.bad_response'],
    ['circuit_open', 'provider.unavailable'],
    ['saturated', 'provider.unavailable'],
  ] as const)('%s is %s', (fault, code) => {
    expect(faultFailure({ kind: 'fault', fault, mayHaveReached: true }, true)).toMatchObject({
      code,
      mayHaveHappened: true,
    });
    expect(faultFailure({ kind: 'fault', fault, mayHaveReached: true }, false).mayHaveHappened).toBe(false);
    expect(faultFailure({ kind: 'fault', fault, mayHaveReached: false }, true).mayHaveHappened).toBe(false);
  });

  it.each(['create', 'refresh', 'authenticate', 'qr', 'submitSupplementalInformation'] as const)(
    '%s names what to do instead',
    (operation) => {
      expect(unsupported(operation)).toMatchObject({
        code: 'capability_unsupported',
        instead: '/v1/link-sessions',
        mayHaveHappened: false,
      });
    },
  );
});
