import { stopReason, type StopReason } from './deadline.js';

/**
 * Waits for work that is shared with others: a caller who gives up leaves, the work goes on.
 * @param left what such a caller gets.
 */
export async function awaitShared<T>(
  signal: AbortSignal,
  shared: Promise<T>,
  left: (reason: StopReason) => T,
): Promise<T> {
  let leave = (): void => undefined;
  const leaving = new Promise<T>((resolve) => {
    leave = () => {
      resolve(left(stopReason(signal)));
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([shared, leaving]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
