import {
  CircuitState,
  CountBreaker,
  ExponentialBackoff,
  circuitBreaker,
  handleWhenResult,
  retry,
  type CircuitBreakerPolicy,
  type IBackoff,
  type IBackoffFactory,
  type IRetryBackoffContext,
  type RetryPolicy,
} from 'cockatiel';

import type { CircuitOptions, RetryOptions } from './outgoing-http.options.js';
import type { OutgoingOutcome } from './outgoing-outcome.js';

/** Faults that tell of trouble at the provider or on the way to it. */
const OUTAGE_FAULTS: ReadonlySet<string> = new Set(['timeout', 'unreachable', 'connection_lost']);
/** Of those, the ones that a second try may mend; after a timeout no time is left. */
const PASSING_FAULTS: ReadonlySet<string> = new Set(['unreachable', 'connection_lost']);

function isOutcome(value: unknown): value is OutgoingOutcome {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function matches(value: unknown, faults: ReadonlySet<string>): boolean {
  if (!isOutcome(value)) return false;
  return value.kind === 'answer' ? value.status >= 500 : faults.has(value.fault);
}

/** Clocks that are corrected run apart by so much during a break. */
const SURELY_MS = 100;

/** `trial` open, and its break is over: one call may try · `none` open, or a trial is under way */
export type CircuitAdmits = 'all' | 'trial' | 'none';

export interface ProviderCircuit {
  readonly policy: CircuitBreakerPolicy;
  admits(): CircuitAdmits;
}

/** One for each provider. 4xx and the caller's own aborts do not count. */
export function circuitFor(options: CircuitOptions): ProviderCircuit {
  let trialAfter = 0;
  const policy: CircuitBreakerPolicy = circuitBreaker(
    handleWhenResult((value) => matches(value, OUTAGE_FAULTS) || provesNothing(value, policy.state)),
    {
      breaker: new CountBreaker({
        threshold: options.failureShare,
        size: options.windowCalls,
        minimumNumberOfCalls: options.minimumCalls,
      }),
      halfOpenAfter: new ExponentialBackoff<number>({
        initialDelay: options.initialBreakMs,
        maxDelay: options.maxBreakMs,
        generator: (attempt = 0, { initialDelay, maxDelay }) => {
          const breakMs = Math.min(maxDelay, initialDelay * 2 ** attempt);
          // The policy counts from the same moment, by another clock, and keeps it to itself.
          trialAfter = performance.now() + breakMs + SURELY_MS;
          return [breakMs, attempt + 1];
        },
      }),
    },
  );
  const admits = (): CircuitAdmits => {
    if (policy.state === CircuitState.Closed) return 'all';
    return policy.state === CircuitState.Open && performance.now() > trialAfter ? 'trial' : 'none';
  };
  return { policy, admits };
}

/** A trial call that its caller gave up must not close the circuit. */
function provesNothing(value: unknown, state: CircuitState): boolean {
  return state === CircuitState.HalfOpen && isOutcome(value) && value.kind === 'fault';
}

/**
 * One for each call. A 429 is not repeated here: the provider asked for quiet, and the caller learns until when.
 * @param notBefore milliseconds that the answer asks to wait, if it does.
 */
export function retryFor(
  options: RetryOptions,
  safe: boolean,
  notBefore: (outcome: OutgoingOutcome) => number,
  timeLeft: () => number,
): RetryPolicy {
  const mayRepeat = (value: unknown): boolean =>
    safe && matches(value, PASSING_FAULTS) && isOutcome(value) && notBefore(value) < timeLeft();
  return retry(handleWhenResult(mayRepeat), {
    maxAttempts: options.extraAttempts,
    backoff: patient(jittered(options), notBefore),
  });
}

function jittered({ initialDelayMs, maxDelayMs, random }: RetryOptions): IBackoffFactory<unknown> {
  return new ExponentialBackoff<number>({
    initialDelay: initialDelayMs,
    maxDelay: maxDelayMs,
    generator: (attempt = 0, { initialDelay, maxDelay }) => [
      Math.floor(random() * Math.min(maxDelay, initialDelay * 2 ** attempt)),
      attempt + 1,
    ],
  });
}

/** Waits at least as long as the answer asks. */
function patient(
  inner: IBackoffFactory<unknown>,
  notBefore: (outcome: OutgoingOutcome) => number,
): IBackoffFactory<IRetryBackoffContext<unknown>> {
  return {
    next(context): IBackoff<IRetryBackoffContext<unknown>> {
      const backoff = inner.next(context);
      const value = 'value' in context.result ? context.result.value : undefined;
      const asked = isOutcome(value) ? notBefore(value) : 0;
      return { duration: Math.max(backoff.duration, asked), next: (later) => patient(backoff, notBefore).next(later) };
    },
  };
}
