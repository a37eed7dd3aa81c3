import { startDeadline, stopReason, withDeadline } from './deadline.js';

describe('a deadline', () => {
  it('aborts with a timeout when the time is over', async () => {
    const signal = await withDeadline(
      new AbortController().signal,
      1,
      async (inner) =>
        new Promise<AbortSignal>((resolve) => {
          inner.addEventListener('abort', () => {
            resolve(inner);
          });
        }),
    );
    expect(stopReason(signal)).toBe('timeout');
  });

  it('follows the caller, and that is no timeout', () => {
    const caller = new AbortController();
    const deadline = startDeadline(caller.signal, 60_000);
    caller.abort();
    expect(deadline.signal.aborted).toBe(true);
    expect(stopReason(deadline.signal)).toBe('aborted');
    deadline.clear();
  });

  it('is over at once when the caller has given up before', () => {
    const deadline = startDeadline(AbortSignal.abort(), 60_000);
    expect(deadline.signal.aborted).toBe(true);
    deadline.clear();
  });

  it('no longer follows the caller once cleared', () => {
    const caller = new AbortController();
    const deadline = startDeadline(caller.signal, 60_000);
    deadline.clear();
    caller.abort();
    expect(deadline.signal.aborted).toBe(false);
  });
});
