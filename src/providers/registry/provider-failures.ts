import type { ProviderFailure } from '../../credentials/failure.js';
import type { Result } from '../../credentials/result.js';
import { Failure } from '../../platform/errors/failure.js';

/** A provider's typed failure as the failure of a use case: same code, nothing added. */
export function asFailure(failure: ProviderFailure): Failure {
  const { code, message, retryAt, pointer, instead } = failure;
  return new Failure(code, {
    detail: message,
    ...(retryAt === undefined ? {} : { retryAt }),
    ...(pointer === undefined ? {} : { violations: [{ pointer, message }] }),
    ...(instead === undefined ? {} : { members: { instead } }),
  });
}

/** @throws Failure with the provider's code. */
export function valueOf<T>(result: Result<T, ProviderFailure>): T {
  if (!result.ok) throw asFailure(result.failure);
  return result.value;
}
