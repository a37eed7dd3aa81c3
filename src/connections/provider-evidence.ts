import type { ProviderFailure } from '../credentials/failure.js';
import type { Evidence } from './domain/connection-event.js';

/** The facts of a failure that may stand in a connection's history. */
export function evidenceOf(failure: ProviderFailure): Evidence {
  const { httpStatus, errorCode, requestId } = failure.evidence ?? {};
  return {
    note: failure.code,
    ...(typeof httpStatus === 'number' ? { httpStatus } : {}),
    ...(typeof errorCode === 'string' ? { providerErrorCode: errorCode } : {}),
    ...(typeof requestId === 'string' ? { providerRequestId: requestId } : {}),
  };
}
