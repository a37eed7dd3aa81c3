import type { ProviderFailure } from '../credentials/failure.js';
import type { Evidence } from './domain/connection-event.js';

/** The facts of a failure that may stand in a connection's history. */
export function evidenceOf(failure: ProviderFailure): Evidence {
  const { httpStatus, providerErrorCode, providerRequestId } = failure.evidence ?? {};
  return {
    note: failure.code,
    ...(typeof httpStatus === 'number' ? { httpStatus } : {}),
    ...(typeof providerErrorCode === 'string' ? { providerErrorCode } : {}),
    ...(typeof providerRequestId === 'string' ? { providerRequestId } : {}),
  };
}
