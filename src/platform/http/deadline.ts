/** A limit in time over a caller's signal. `clear` must be called, or the timer stays. */
export interface Deadline {
  /** Aborts with the caller's signal, or with a `TimeoutError` when the time is over. */
  readonly signal: AbortSignal;
  readonly clear: () => void;
}

/** @param ms milliseconds from now. */
export function startDeadline(parent: AbortSignal, ms: number): Deadline {
  const controller = new AbortController();
  const follow = (): void => {
    controller.abort(parent.reason);
  };
  const timer = setTimeout(() => {
    controller.abort(new DOMException('The deadline passed.', 'TimeoutError'));
  }, ms);
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      parent.removeEventListener('abort', follow);
    },
  };
}

/** Runs a piece of work that makes several calls under one deadline. */
export async function withDeadline<T>(
  parent: AbortSignal,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = startDeadline(parent, ms);
  try {
    return await work(deadline.signal);
  } finally {
    deadline.clear();
  }
}

/** `timeout` by a deadline, ours or the caller's · `aborted` the caller gave up */
export type StopReason = 'timeout' | 'aborted';

/** @param signal one that is aborted. */
export function stopReason(signal: AbortSignal): StopReason {
  const reason: unknown = signal.reason;
  const named = typeof reason === 'object' && reason !== null && 'name' in reason ? reason.name : null;
  return named === 'TimeoutError' ? 'timeout' : 'aborted';
}
