import type { Outcome } from '../data/demo-users.js';
import type { AwaitingStatus, CredentialsStatus, DetailedError } from '../wire.types.js';
import type { AutoEnd, Credential, Flow, RunRequest, Step } from './credential.js';
import { DETAILED } from './detailed-errors.js';
import { questionsOf } from './questions.js';

const SUPPLEMENTAL_TIMEOUT_MS = 2 * 60_000;
export const THIRD_PARTY_TIMEOUT_MS = 9 * 60_000;
/** Steps that an automatic test provider lets the "user" think. */
const AUTO_STEPS = 3;

/** The old status stays for a step: accepting is not yet acting, which is the trap for a client that polls. */
export const queued = (forMs: number): Step => ({ status: null, forMs, timesOut: false });
const stay = (status: CredentialsStatus, forMs: number): Step => ({ status, forMs, timesOut: false });
export const end = (status: CredentialsStatus, error?: DetailedError): Step => ({
  status,
  forMs: 0,
  timesOut: false,
  ...(error && { error }),
});
export const failure = (error: DetailedError): Step => end('AUTHENTICATION_ERROR', error);

type Facts = Pick<Credential, 'flow' | 'outcome' | 'openBanking' | 'status' | 'sessionExpiryDate' | 'sessionAlive'>;

/** The steps of a run that begins now, up to a settled status. */
export function planRun(facts: Facts, request: RunRequest): readonly Step[] {
  const { stepMs } = request;
  if (facts.flow.kind === 'switched-off' || facts.outcome === 'permanent-error') {
    return [queued(stepMs), end('PERMANENT_ERROR', DETAILED.switchedOff)];
  }
  const asks = asksUser(facts, request);
  if (asks && isUnattended(facts, request)) return [queued(stepMs), ...userMissing(facts, stepMs)];
  return [
    queued(stepMs),
    stay('AUTHENTICATING', stepMs),
    ...(loginRefusal(facts.outcome) ?? [
      ...(asks ? interaction(facts.flow, request) : []),
      ...dataSteps(facts.outcome, stepMs),
    ]),
  ];
}

/** Whether the bank's session still opens the door without the user. */
function hasSession(facts: Facts, now: number): boolean {
  if (!facts.openBanking) return facts.flow.kind === 'password';
  if (facts.status === 'AUTHENTICATION_ERROR' || facts.status === 'SESSION_EXPIRED') return false;
  return facts.sessionAlive && facts.sessionExpiryDate !== null && now < facts.sessionExpiryDate;
}

function asksUser(facts: Facts, request: RunRequest): boolean {
  return facts.flow.kind !== 'password' && (request.authenticate || !hasSession(facts, request.now));
}

/** An expired session needs a user who is said to be there; elsewhere silence counts as presence. */
function isUnattended(facts: Facts, { userAvailable }: RunRequest): boolean {
  return userAvailable === false || (facts.status === 'SESSION_EXPIRED' && userAvailable !== true);
}

function userMissing(facts: Facts, stepMs: number): readonly Step[] {
  const sessionOver = facts.openBanking && (facts.status === 'UPDATED' || facts.status === 'SESSION_EXPIRED');
  if (sessionOver) return [end('SESSION_EXPIRED', DETAILED.sessionExpired)];
  return [stay('AUTHENTICATING', stepMs), failure(DETAILED.userNeeded)];
}

/** How the run ends when the bank does not let this login in; `null` when it does. */
export function loginRefusal(outcome: Outcome): readonly Step[] | null {
  if (outcome === 'wrong-login') return [failure(DETAILED.wrongLogin)];
  if (outcome === 'blocked') return [failure(DETAILED.blocked)];
  if (outcome === 'not-a-customer') return [failure(DETAILED.notACustomer)];
  if (outcome === 'bank-down') return [end('TEMPORARY_ERROR', DETAILED.bankDown)];
  return null;
}

export function dataSteps(outcome: Outcome, stepMs: number): readonly Step[] {
  const updating = stay('UPDATING', stepMs);
  if (outcome === 'no-accounts') return [updating, end('TEMPORARY_ERROR', DETAILED.noAccounts)];
  if (outcome === 'temporary-error') return [updating, end('TEMPORARY_ERROR', DETAILED.bankFailed)];
  return [updating, end('UPDATED')];
}

function interaction(flow: Flow, { token, stepMs }: RunRequest): readonly Step[] {
  switch (flow.kind) {
    case 'questions':
      return questionsOf(flow.script, token).map((question) => ({
        status: 'AWAITING_SUPPLEMENTAL_INFORMATION',
        forMs: SUPPLEMENTAL_TIMEOUT_MS,
        timesOut: true,
        question,
      }));
    case 'bankid':
      return awaitApp('AWAITING_MOBILE_BANKID_AUTHENTICATION', flow.auto ? 'success' : null, stepMs);
    case 'third-party':
      return awaitApp('AWAITING_THIRD_PARTY_APP_AUTHENTICATION', flow.auto, stepMs);
    case 'password':
    case 'switched-off':
      return [];
  }
}

function awaitApp(status: AwaitingStatus, auto: AutoEnd | null, stepMs: number): readonly Step[] {
  if (auto === null) return [{ status, forMs: THIRD_PARTY_TIMEOUT_MS, timesOut: true }];
  const thinking = stay(status, AUTO_STEPS * stepMs);
  if (auto === 'success') return [thinking];
  return [thinking, failure(auto === 'failed' ? DETAILED.thirdPartyDown : DETAILED.cancelled)];
}
