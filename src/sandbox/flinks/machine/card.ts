import { hash } from 'node:crypto';
import { type FlinksCode, TRANSIENT_CODES } from '../flinks-codes.js';
import type { FlinksTimers } from '../flinks-simulator.types.js';
import type { StoredAnswers } from './answers.js';
import { type Pull, endOf } from './pull.js';
import type { Login } from './session.js';

export type RefreshState = 'Completed' | 'PartiallyCompleted' | 'AnsweringSecurityChallenge' | 'NotCompleted';

/** A saved login. All times in epoch milliseconds. */
export interface Card {
  readonly loginId: string;
  readonly login: Login;
  readonly createdAt: number;
  /** `null` when the stored login was dropped. */
  readonly passwordDigest: string | null;
  readonly isScheduledRefresh: boolean;
  readonly statements: boolean;
  /** Last sign-in at the bank that worked, with a user or without. */
  readonly lastLiveAt: number;
  /** `null` = no data, or no data any more. */
  readonly dataAsOf: number | null;
  /** Runs now. */
  readonly pull: Pull | null;
  readonly lastRefreshState: RefreshState;
  /** What the cached call reports instead of success. */
  readonly lastRefreshError: FlinksCode | null;
  readonly lastCachedCallAt: number | null;
  readonly storedAnswers: StoredAnswers;
}

const WEEK_MS = 7 * 86_400_000;

/** Everything that makes two logins one. */
export const keyOf = ({ institutionId, username, language }: Login): string =>
  `${institutionId}|${username.toLowerCase()}|${language}`;

/** The same for the same login until it is deleted. @param generation how often it was deleted */
export const loginIdOf = (instance: string, login: Login, generation: number): string =>
  guid(`login|${instance}|${keyOf(login)}|${generation}`);

/** A lower case GUID that depends on the text only. */
export function guid(text: string): string {
  const hex = hash('sha256', text);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}

export function dueOfCard({ pull, passwordDigest, dataAsOf, lastLiveAt }: Card, timers: FlinksTimers): number {
  return Math.min(
    pull ? endOf(pull, timers.session).at : Infinity,
    passwordDigest === null ? Infinity : lastLiveAt + timers.credentials,
    dataAsOf === null ? Infinity : lastLiveAt + timers.data,
  );
}

/** Brings a card to `now`: data that came in, and what is kept no longer. */
export function settle(card: Card, now: number, timers: FlinksTimers): Card {
  const current = received(card, now, timers);
  const gone = (ms: number): boolean => now >= current.lastLiveAt + ms;
  return {
    ...current,
    passwordDigest: gone(timers.credentials) ? null : current.passwordDigest,
    dataAsOf: gone(timers.data) ? null : current.dataAsOf,
  };
}

function received(card: Card, now: number, timers: FlinksTimers): Card {
  if (!card.pull) return card;
  const { at, code } = endOf(card.pull, timers.session);
  if (now < at) return card;
  if (code !== null) return { ...card, pull: null, lastRefreshState: 'NotCompleted', lastRefreshError: code };
  return { ...card, pull: null, dataAsOf: at, lastRefreshState: 'Completed', lastRefreshError: null };
}

/** Whether the next nightly run takes the card. */
export function isEligible(card: Card, now: number, needsCachedCall: boolean): boolean {
  const recent = (at: number | null): boolean => at !== null && now - at <= WEEK_MS;
  const error = card.lastRefreshError;
  return (
    card.isScheduledRefresh &&
    recent(card.dataAsOf) &&
    (!needsCachedCall || recent(card.lastCachedCallAt)) &&
    (error === null || TRANSIENT_CODES.includes(error))
  );
}
