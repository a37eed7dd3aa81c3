import type { OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import { codedFailure, faultFailure, meaningOf, statusFailure } from './flinks.errors.js';
import { FLINKS_CODES } from './flinks.types.js';
import { MEANINGS } from './flinks-meanings.js';

const now = new Date('2026-11-20T10:00:00Z');
const answer = (
  status: number,
  body: unknown = {},
  headers: readonly (readonly [string, string])[] = [],
): OutgoingAnswer => ({
  kind: 'answer',
  status,
  headers: new Map(headers),
  body: new TextEncoder().encode(JSON.stringify(body)),
});

describe('what a FlinksCode means', () => {
  it('is written down for every code', () => {
    expect(Object.keys(MEANINGS).sort()).toEqual([...FLINKS_CODES].sort());
  });

  it.each([
    ['INVALID_LOGIN', 'blocked', 'wrong_credentials'],
    ['INVALID_USERNAME', 'blocked', 'wrong_credentials'],
    ['INVALID_PASSWORD', 'blocked', 'wrong_credentials'],
    ['DISABLED_LOGIN', 'blocked', 'account_locked_at_bank'],
    ['NEW_ACCOUNT', 'blocked', 'act_at_bank'],
    ['UNAUTHORIZED', 'blocked', 'act_at_bank'],
    ['QUESTION_NOT_FOUND', 'reauth_required', 'sca_required'],
    ['INVALID_SECURITY_RESPONSE', 'reauth_required', 'challenge_failed'],
    ['INVALID_SECURITY_RESPONSE_NO_RETRY', 'reauth_required', 'challenge_failed'],
    ['RETRY_LATER', 'retrying', 'bank_unavailable'],
    ['BANK_MAINTENANCE_RETRY_LATER', 'retrying', 'bank_unavailable'],
    ['BANKMAINTENANCE_RETRYLATER', 'retrying', 'bank_unavailable'],
    ['AGGREGATION_ERROR', 'retrying', 'provider_unavailable'],
    ['DISABLED_INSTITUTION', 'retrying', 'institution_disabled'],
    ['CONCURRENT_SESSION', 'retrying', 'provider_unavailable'],
    ['CARD_IN_USE', 'retrying', 'provider_unavailable'],
    ['SESSION_EXPIRED', 'retrying', 'provider_unavailable'],
    ['SESSION_NONEXISTENT', 'retrying', 'provider_unavailable'],
    ['OPERATION_PENDING', 'syncing', 'none'],
    ['OPERATION_DISPATCHED', 'syncing', 'none'],
    ['NOT_YET_INVENTED', 'retrying', 'unknown'],
  ])('%s is %s/%s', (word, state, cause) => {
    expect(meaningOf(word).reading).toEqual({ state, cause });
  });

  it.each([
    ['TOO_MANY_REQUESTS', 'provider.rate_limited'],
    ['ACCESS_DENIED', 'provider.misconfigured'],
    ['METHOD_NOT_AVAILABLE', 'provider.misconfigured'],
    ['INVALID_REQUEST', 'credential.invalid_input'],
    ['UNKNOWN_CHALLENGE_KEY', 'challenge.unknown_field'],
    ['ALREADY_AUTHORIZED', 'challenge.none'],
  ])('%s says nothing of a credential and is %s', (word, code) => {
    expect(meaningOf(word)).toEqual({ reading: null, failure: code });
  });

  it.each([[401], [403], [429]])('being limited is told by the code, not by the status %i', (status) => {
    const limited = answer(status, { FlinksCode: 'TOO_MANY_REQUESTS', Message: 'geheim' }, [['retry-after', '60']]);
    expect(codedFailure(limited, 'TOO_MANY_REQUESTS', true, now)).toEqual({
      code: 'provider.rate_limited',
      message: expect.any(String) as unknown,
      mayHaveHappened: false,
      retryAt: new Date('2026-11-20T10:01:00Z'),
      evidence: { httpStatus: status, providerErrorCode: 'TOO_MANY_REQUESTS' },
    });
  });

  it.each([
    [401, 'provider.misconfigured', false],
    [403, 'provider.misconfigured', false],
    [429, 'provider.rate_limited', false],
    [408, 'provider.unavailable', true],
    [502, 'provider.unavailable', true],
    [302, 'provider.bad_response', false],
    [418, 'provider.bad_response', false],
  ])('a %i without a code is %s', (status, code, mayHaveHappened) => {
    expect(statusFailure(answer(status, '<html>'), true, now)).toMatchObject({ code, mayHaveHappened });
    expect(statusFailure(answer(status), false, now)).toMatchObject({ code, mayHaveHappened: false });
  });

  it('shows no text of Flinks', () => {
    const failure = codedFailure(answer(400, { FlinksCode: 'user typed: 1234', Message: 'geheim' }), 'X', true, now);
    expect(failure.evidence).toEqual({ httpStatus: 400, providerErrorCode: 'UNREADABLE_CODE' });
  });

  it('a fault may have changed something only where it reached Flinks', () => {
    expect(faultFailure({ kind: 'fault', fault: 'timeout', mayHaveReached: true }, true)).toMatchObject({
      code: 'provider.timeout',
      mayHaveHappened: true,
    });
    expect(faultFailure({ kind: 'fault', fault: 'unreachable', mayHaveReached: false }, true)).toMatchObject({
      code: 'provider.unavailable',
      mayHaveHappened: false,
    });
  });
});
