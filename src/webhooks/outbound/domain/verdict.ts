import { scrub } from '../../../platform/logging/scrub.js';
import { bodyText, type OutgoingAnswer } from '../../../platform/http/outgoing-outcome.js';
import type { PublicOutcome } from '../../../platform/http/public-http.js';
import { askedRetryAt } from '../../../platform/http/retry-after.js';

const EXCERPT = 300;

/** `gone`: the receiver wants nothing more · `cut_off`: this process stopped, which says nothing about the receiver. */
export type VerdictKind = 'delivered' | 'failed' | 'gone' | 'cut_off';

/** What an attempt came to. */
export interface Verdict {
  readonly kind: VerdictKind;
  readonly status: number | null;
  /** Our own word; `null` = delivered. */
  readonly error: string | null;
  /** The beginning of the answer, without what looks like a secret. */
  readonly excerpt: string | null;
  readonly askedAt: Date | undefined;
}

export function judge(outcome: PublicOutcome, now: Date): Verdict {
  const nothing = { status: null, excerpt: null, askedAt: undefined };
  switch (outcome.kind) {
    case 'refused':
      return { ...nothing, kind: 'failed', error: 'refused_target' };
    case 'fault':
      return { ...nothing, kind: outcome.fault === 'aborted' ? 'cut_off' : 'failed', error: outcome.fault };
    case 'answer':
      return judgeAnswer(outcome, now);
  }
}

function judgeAnswer(answer: OutgoingAnswer, now: Date): Verdict {
  const { status } = answer;
  const seen = { status, excerpt: excerptOf(bodyText(answer)) };
  if (status >= 200 && status < 300) return { ...seen, kind: 'delivered', error: null, askedAt: undefined };
  if (status === 410) return { ...seen, kind: 'gone', error: 'gone', askedAt: undefined };
  const askedAt = status === 429 || status === 503 ? askedRetryAt(answer, now) : undefined;
  return { ...seen, kind: 'failed', error: status >= 300 && status < 400 ? 'redirect' : 'http_error', askedAt };
}

/** PostgreSQL keeps no NUL; a receiver may send back what it was sent. */
function excerptOf(text: string): string | null {
  const clean = scrub(text.slice(0, 4 * EXCERPT))
    .replace(/\b(whsec_|v1,)[A-Za-z0-9+/=]+/g, '$1[redacted]')
    .replace(/\p{Cc}+/gu, ' ')
    .trim();
  return clean === '' ? null : clean.slice(0, EXCERPT);
}
