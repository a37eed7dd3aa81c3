import { Injectable } from '@nestjs/common';

import { AuditLog } from '../audit/audit-log.js';
import type { Provider } from '../credentials/provider.js';
import type { ProviderAccessToken, ProviderUsers } from '../credentials/provider-users.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { Failure } from '../platform/errors/failure.js';
import { RequestContext } from '../platform/logging/request-context.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { EnsureProviderUser } from './ensure-provider-user.js';

/** Hands out a provider's codes and tokens for one of its users. Each is audited first, and none is ever kept. */
@Injectable()
export class ProviderAuthorization {
  constructor(
    private readonly users: EnsureProviderUser,
    private readonly providers: ProviderAccess,
    private readonly audit: AuditLog,
  ) {}

  /** @throws Failure `user.not_found`, `provider.unknown`, `capability_unsupported`, or the provider's code */
  async grant(userId: string, providerId: string, scope: readonly string[], actor: string): Promise<SecretValue> {
    const user = await this.users.known(userId);
    const provider = this.providers.provider(providerId);
    const port = usersOf(provider);
    const ref = await this.users.run(user, provider);
    await this.record(actor, 'authorization.granted', `user:${userId}`, { provider: provider.id, scope });
    return valueOf(await port.authorizationGrant(ref, scope, this.providers.call())).code;
  }

  /** @throws Failure `provider.unknown`, `capability_unsupported`, `authorization.invalid_code`, or the provider's code */
  async accessToken(providerId: string, code: SecretValue, actor: string): Promise<ProviderAccessToken> {
    const provider = this.providers.provider(providerId);
    const port = usersOf(provider);
    await this.record(actor, 'authorization.token_issued', `provider:${provider.id}`, { provider: provider.id });
    return valueOf(await port.accessToken(code, this.providers.call()));
  }

  private async record(
    actor: string,
    action: string,
    subject: string,
    detail: Record<string, string | readonly string[]>,
  ): Promise<void> {
    const { requestId } = RequestContext;
    await this.audit.record({ actor, action, subject, detail, ...(requestId === null ? {} : { requestId }) });
  }
}

function usersOf(provider: Provider): ProviderUsers {
  if (!provider.users) {
    throw new Failure('capability_unsupported', {
      detail: `${provider.name} keeps no users and gives no user tokens.`,
    });
  }
  return provider.users;
}
