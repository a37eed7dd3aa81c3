import type { DataManner } from '../data/demo-users.js';
import type { FlinksCode } from '../flinks-codes.js';

export const ENDPOINTS = ['AccountsSummary', 'AccountsDetail', 'Statements'] as const;
export type Endpoint = (typeof ENDPOINTS)[number];

/** Data on its way from the bank. Plain data, because it goes into the state file. */
export interface Pull {
  readonly startedAt: number;
  readonly readyAt: Readonly<Record<Endpoint, number>>;
  readonly manner: DataManner;
}

export type Readiness = 'ready' | { readonly code: FlinksCode };

export function beginPull(startedAt: number, manner: DataManner, stepMs: number): Pull {
  const readyAt = {
    AccountsSummary: startedAt + stepMs,
    AccountsDetail: startedAt + 2 * stepMs,
    Statements: startedAt + 3 * stepMs,
  };
  return { startedAt, readyAt, manner };
}

/** Data that was there before. */
export const storedPull = (at: number): Pull => beginPull(at, 'normal', 0);

/** What a data call gets. @param direct the first call, not its Async one */
export function readiness({ manner, readyAt }: Pull, endpoint: Endpoint, direct: boolean, now: number): Readiness {
  if (manner === 'dispatched' && direct) return { code: 'OPERATION_DISPATCHED' };
  if (manner === 'pending' || now < readyAt[endpoint]) return { code: 'OPERATION_PENDING' };
  return manner === 'normal' || manner === 'dispatched' ? 'ready' : { code: manner };
}

export interface PullEnd {
  readonly at: number;
  /** `null` = all data arrived. */
  readonly code: FlinksCode | null;
}

/** When and how a pull ends. @param sessionMs the cap on the processing of one session */
export function endOf({ startedAt, readyAt, manner }: Pull, sessionMs: number): PullEnd {
  const [arrived, capped] = [readyAt.AccountsDetail, startedAt + sessionMs];
  if (manner === 'pending' || arrived > capped) return { at: capped, code: 'SESSION_EXPIRED' };
  return { at: arrived, code: manner === 'normal' || manner === 'dispatched' ? null : manner };
}

/** Scripts name codes; two of them are manners. */
export function mannerOf(code: FlinksCode): DataManner {
  if (code === 'OPERATION_PENDING') return 'pending';
  return code === 'OPERATION_DISPATCHED' ? 'dispatched' : code;
}
