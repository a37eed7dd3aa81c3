import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, type Result } from '../../credentials/result.js';
import { isTimeout } from '../../platform/http/deadline.js';
import { flinksFailure } from './flinks.errors.js';

/** Waits for work that is shared with others: a caller who gives up leaves, the work goes on. */
export async function giveUpWith<T>(
  signal: AbortSignal,
  shared: Promise<Result<T, ProviderFailure>>,
): Promise<Result<T, ProviderFailure>> {
  let leave = (): void => undefined;
  const givenUp = new Promise<Result<T, ProviderFailure>>((resolve) => {
    leave = () => {
      resolve(fail(flinksFailure(isTimeout(signal) ? 'provider.timeout' : 'provider.aborted')));
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([shared, givenUp]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
