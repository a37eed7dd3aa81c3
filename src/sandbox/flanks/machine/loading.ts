import type { Credential, NewCredential } from './credential.js';
import { GROUPS, LOAD_STEPS } from './groups.js';
import { attempted, blocked, needsSca } from './repair.js';

const DAY_MS = 86_400_000;
/** The vendor updates in the early morning, UTC; its exact hour is not published. */
const DAILY_AT_MS = 4 * 3_600_000;
const SCA_LASTS_MS = 90 * DAY_MS;

export const scaDueAt = ({ authenticatedAt }: Credential): number => authenticatedAt + SCA_LASTS_MS;

/** Credentials as they start: pending, and loading for the first time. */
export function born(given: NewCredential, now: number): Credential {
  return {
    ...given,
    createdAt: now,
    pending: true,
    blocked: false,
    tokens: { sca: null, reset: null, transaction: null },
    serial: 0,
    load: { startedAt: now },
    created: [],
    errored: [],
    lastUpdate: null,
    authenticatedAt: now,
    tickedUntil: now,
    bankAnswer: 'ok',
    bankAttempts: { total: 1, user: 1, daily: 0, lastAt: now },
  };
}

/** What has become of credentials by now. State follows from the time of looking; there are no timers. */
export function advance(credential: Credential, now: number, stepMs: number): Credential {
  let state = credential;
  for (let tick = tickAfter(state.tickedUntil); tick <= now; tick = tickAfter(tick)) {
    state = { ...daily(settled(state, tick, stepMs), tick), tickedUntil: tick };
    if (isResting(state)) return { ...state, tickedUntil: now };
  }
  return settled(state, now, stepMs);
}

function tickAfter(time: number): number {
  return (Math.floor((time - DAILY_AT_MS) / DAY_MS) + 1) * DAY_MS + DAILY_AT_MS;
}

/** Nothing happens to it before a user comes. */
const isResting = ({ blocked: isBlocked, tokens }: Credential): boolean => isBlocked || tokens.sca !== null;

/** The only place where the bank is tried without the user. */
function daily(credential: Credential, at: number): Credential {
  if (isResting(credential) || credential.load !== null) return credential;
  const tried = attempted(credential, 'daily', at);
  if (credential.bankAnswer === 'refuse') return blocked(tried);
  if (credential.bankAnswer === 'down') return tried;
  if (credential.bankAnswer === 'challenge' || at >= scaDueAt(credential)) return needsSca(tried);
  return { ...tried, load: { startedAt: at } };
}

function settled(credential: Credential, now: number, stepMs: number): Credential {
  const { load, pending, failing } = credential;
  if (load === null) return credential;
  const steps = stepMs === 0 ? LOAD_STEPS : Math.floor((now - load.startedAt) / stepMs);
  const done = GROUPS.slice(0, Math.max(0, steps));
  if (steps < LOAD_STEPS) {
    return pending
      ? { ...credential, created: done, errored: failing.filter((group) => done.includes(group)) }
      : credential;
  }
  const lastUpdate = load.startedAt + LOAD_STEPS * stepMs;
  return { ...credential, load: null, pending: false, created: GROUPS, errored: failing, lastUpdate };
}
