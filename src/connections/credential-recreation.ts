import { Injectable } from '@nestjs/common';

import type { CredentialSnapshot } from '../credentials/credentials.service.js';
import type { ProviderFailure } from '../credentials/failure.js';
import type { Provider } from '../credentials/provider.js';
import { ok, type Result } from '../credentials/result.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import type { CheckedLogin } from './checked-login.js';
import type { Connection } from './domain/connection.js';
import { LoginCheck } from './login-check.js';
import { ConnectionRepository } from './persistence/connection.repository.js';

type Outcome = Result<CredentialSnapshot, ProviderFailure>;

/** A new credential for a connection whose provider has lost the old one. */
@Injectable()
export class RecreateCredential {
  constructor(
    private readonly providers: ProviderAccess,
    private readonly connections: ConnectionRepository,
    private readonly logins: LoginCheck,
  ) {}

  /** Safe to repeat: what an earlier try left at the provider is found and used. */
  async run(provider: Provider, connection: Connection, { fields, fingerprint }: CheckedLogin): Promise<Outcome> {
    const { institutionId, reference, userId } = connection;
    const user = providerUserRef(userId);
    const request = { user, institutionId, fields, ...(reference === null ? {} : { reference }) };
    const made = await provider.credentials.create(request, await this.providers.callFor(userId));
    if (made.ok || (made.failure.code !== 'credential.duplicate' && !made.failure.mayHaveHappened)) return made;
    const left = await this.left(provider, connection, fingerprint);
    return left ? ok(left) : made;
  }

  private async left(
    provider: Provider,
    { userId, institutionId }: Connection,
    fingerprint: string | null,
  ): Promise<CredentialSnapshot | null> {
    if (fingerprint === null || !provider.credentials.capabilities.list) return null;
    const listed = await provider.credentials.list(providerUserRef(userId), this.providers.call());
    for (const snapshot of listed.ok ? listed.value : []) {
      if (snapshot.institutionId !== institutionId) continue;
      if (this.logins.fingerprint(provider, institutionId, snapshot.loginIdentity) !== fingerprint) continue;
      if (!(await this.connections.findByCredential(provider.id, snapshot.credentialId))) return snapshot;
    }
    return null;
  }
}
