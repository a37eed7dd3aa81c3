import type { Outcome } from '../data/demo-users.js';
import type { CredentialsStatus, DetailedError } from '../wire.types.js';
import type { Credential, RunRequest, Step } from './credential.js';
import { DETAILED } from './detailed-errors.js';
import { dataSteps, failure, loginRefusal, planRun, queued } from './plan.js';
import { isAwaiting, isSettled, mayMove } from './transitions.js';

/** Brings a credential to `now`. Time alone moves it, so reading late shows what would have been seen. */
export function advance(credential: Credential, now: number): Credential {
  let current = credential;
  while (current.run) {
    const [step] = current.run.steps;
    const due = current.run.enteredAt + (step?.forMs ?? 0);
    if (due > now) return current;
    current = leave(current, due);
  }
  return expire(current, now);
}

/** @returns the credential with a run begun; the status moves only with the next step. */
export function start(credential: Credential, request: RunRequest): Credential {
  const steps = planRun(credential, request);
  const authenticates = credential.openBanking && steps.some(({ status }) => status !== null && isAwaiting(status));
  return {
    ...credential,
    run: { steps, enteredAt: request.now, token: request.token, pulls: request.pulls, authenticates, linkShown: false },
  };
}

/** New fields: back to CREATED, from any settled status. The old session is of no use any more. */
export function modify(credential: Credential, now: number): Credential {
  return { ...move(credential, 'CREATED', now), sessionAlive: false };
}

/** Stores the user's answers; the verdict shows a step later. @returns `null` when no question is open. */
export function answer(
  credential: Credential,
  information: Readonly<Record<string, string>>,
  now: number,
  stepMs: number,
): Credential | null {
  const question = openStep(credential)?.question;
  if (!question) return null;
  if (Object.keys(information).length === 0) return decide(credential, [failure(DETAILED.cancelled)], now, stepMs);
  const right = Object.entries(question.accept).every(([name, accepted]) => accepted.includes(information[name] ?? ''));
  const rest = credential.run?.steps.slice(1) ?? [];
  return decide(credential, right ? rest : [failure(DETAILED.wrongCode)], now, stepMs);
}

/** The user signed in at the bank. @returns `null` when nothing is awaited there. */
export function approve(credential: Credential, outcome: Outcome, now: number, stepMs: number): Credential | null {
  if (!isAtBank(credential)) return null;
  const rest = loginRefusal(outcome) ?? dataSteps(outcome, stepMs);
  return decide({ ...credential, outcome }, rest, now, stepMs);
}

/** @returns `null` when nothing is awaited at the bank. */
export function cancel(credential: Credential, now: number, stepMs: number): Credential | null {
  return isAtBank(credential) ? decide(credential, [failure(DETAILED.cancelled)], now, stepMs) : null;
}

/** Whether the user is awaited at a bank's page or in an app and has not acted yet. */
export function isAtBank(credential: Credential): boolean {
  return openStep(credential) !== null && credential.status !== 'AWAITING_SUPPLEMENTAL_INFORMATION';
}

/** Sets a status against the table, for tests. */
export function force(
  credential: Credential,
  change: { status: CredentialsStatus; detailedError: DetailedError | null; statusPayload: string | null },
  now: number,
): Credential {
  return { ...credential, ...change, run: null, statusUpdated: bumped(credential, now) };
}

function openStep(credential: Credential): Step | null {
  const step = credential.run?.steps[0];
  return step?.timesOut ? step : null;
}

function decide(credential: Credential, rest: readonly Step[], now: number, stepMs: number): Credential {
  if (!credential.run) return credential;
  const [current] = credential.run.steps;
  const acted: Step = { ...(current ?? queued(stepMs)), forMs: stepMs, timesOut: false };
  return { ...credential, run: { ...credential.run, steps: [acted, ...rest], enteredAt: now } };
}

function leave(credential: Credential, at: number): Credential {
  const { run } = credential;
  if (!run) return credential;
  const [current, next] = run.steps;
  const entered = current?.timesOut ? failure(DETAILED.timedOut) : next;
  if (!entered) return { ...credential, run: null };
  const steps = current?.timesOut ? [entered] : run.steps.slice(1);
  return enter({ ...credential, run: { ...run, steps, enteredAt: at } }, entered, at);
}

function enter(credential: Credential, step: Step, at: number): Credential {
  if (step.status === null) return credential;
  const moved = move(credential, step.status, at, step.error ?? null);
  if (!isSettled(step.status)) return moved;
  const settled = { ...moved, run: null };
  return step.status === 'UPDATED' ? succeed(settled, credential.run, at) : settled;
}

function succeed(credential: Credential, run: Credential['run'], at: number): Credential {
  return {
    ...credential,
    updated: credential.statusUpdated,
    ...(run?.pulls && { dataAsOf: credential.statusUpdated }),
    ...(run?.pulls && credential.remintNext && { mints: (credential.mints ?? 0) + 1, remintNext: false }),
    ...(run?.authenticates && { sessionExpiryDate: at + credential.sessionMs, sessionAlive: true }),
  };
}

function expire(credential: Credential, now: number): Credential {
  const { sessionExpiryDate, status } = credential;
  if (status !== 'UPDATED' || sessionExpiryDate === null || now < sessionExpiryDate) return credential;
  return move(credential, 'SESSION_EXPIRED', sessionExpiryDate, DETAILED.sessionExpired);
}

/** @throws Error for a way that the table does not have. */
export function move(
  credential: Credential,
  status: CredentialsStatus,
  at: number,
  detailedError: DetailedError | null = null,
): Credential {
  // Said again: an unattended refresh of an expired session, and new fields before the first run.
  const repeated = credential.status === status;
  if (!repeated && !mayMove(credential.status, status)) {
    throw new Error(`The vendor's table has no way from ${credential.status} to ${status}.`);
  }
  return {
    ...credential,
    status,
    detailedError,
    statusPayload: detailedError?.displayMessage ?? PAYLOADS[status] ?? null,
    statusUpdated: bumped(credential, at),
  };
}

/** Grows with every change, also when two fall into one millisecond. */
function bumped(credential: Credential, at: number): number {
  return Math.max(at, credential.statusUpdated + 1);
}

const PAYLOADS: Partial<Record<CredentialsStatus, string>> = {
  AUTHENTICATING: 'Signing in.',
  UPDATING: 'Fetching accounts and transactions.',
  UPDATED: 'All accounts are up to date.',
};
