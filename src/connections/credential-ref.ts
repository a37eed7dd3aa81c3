import type { CredentialRef } from '../credentials/credential-ref.js';
import { Failure } from '../platform/errors/failure.js';
import { providerUserRef } from '../providers/registry/provider-access.js';
import type { Connection } from './domain/connection.js';

/** @throws Failure `connection.not_found` when nothing is left at the provider to refer to. */
export function credentialRefOf(connection: Connection): CredentialRef {
  if (!connection.credentialId) throw new Failure('connection.not_found');
  const { credentialId, sessionRef, challenge } = connection;
  return {
    user: providerUserRef(connection.userId),
    credentialId,
    ...(sessionRef ? { sessionRef } : {}),
    ...(challenge ? { challenge } : {}),
  };
}
