import { randomBytes } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { ServerConfig } from '../config/slices.js';
import { LinkTargets, type LinkTarget } from '../connections/link-targets.js';
import type { LinkFlow, LinkRequest } from '../credentials/link-flow.js';
import type { LinkPurpose } from '../credentials/link-purpose.js';
import type { Provider } from '../credentials/provider.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { Opened } from '../platform/crypto/opened.js';
import { Failure } from '../platform/errors/failure.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { EnsureProviderUser } from '../users/ensure-provider-user.js';
import type { User } from '../users/user.js';
import { callbackUrl } from './callback-url.js';
import { LinkSessionFactory } from './link-session.factory.js';
import type { LinkSessionRequest } from './link-session-request.js';
import type { LinkSession } from './link-session.js';
import { LinkSessionRepository } from './persistence/link-session.repository.js';

/** Begins a hosted visit. Its address is given out once and not kept. */
@Injectable()
export class CreateLinkSession {
  constructor(
    private readonly users: EnsureProviderUser,
    private readonly providers: ProviderAccess,
    private readonly targets: LinkTargets,
    private readonly sessions: LinkSessionRepository,
    private readonly factory: LinkSessionFactory,
    private readonly server: ServerConfig,
  ) {}

  /** @throws Failure `user.not_found`, `provider.unknown`, `capability_unsupported`, `connection.not_found`, `connection.busy`, or the provider's code */
  async run(request: LinkSessionRequest, actor: string): Promise<{ session: LinkSession; url: SecretValue }> {
    const user = await this.users.known(request.userId);
    const provider = this.providers.provider(request.provider);
    const links = linksFor(provider, request.purpose);
    const target = await this.target(request, user, provider);
    await this.users.run(user, provider);
    const state = new Opened(randomBytes(24).toString('base64url'));
    const asked = this.linkRequest(request, user, provider, target, state);
    const begun = valueOf(await links.begin(asked, this.providers.call(request.locale ?? user.locale)));
    const session = this.factory.session(request, { user, provider, target, actor }, begun, state);
    await this.sessions.insert(session, state);
    return { session, url: begun.url };
  }

  private async target(request: LinkSessionRequest, user: User, provider: Provider): Promise<LinkTarget | null> {
    const { purpose, connectionId } = request;
    if (connectionId !== undefined) return this.targets.find(connectionId, user.id, provider, purpose);
    if (purpose === 'connect') return null;
    throw invalid('/connectionId', `Needed to ${purpose.replace('_', ' ')}.`);
  }

  private linkRequest(
    { purpose, institutionId, locale, reference }: LinkSessionRequest,
    user: User,
    provider: Provider,
    target: LinkTarget | null,
    state: SecretValue,
  ): LinkRequest {
    const bank = target?.institutionId ?? institutionId;
    const language = locale ?? user.locale;
    return {
      user: providerUserRef(user.id),
      purpose,
      state,
      callbackUrl: callbackUrl(this.server, provider.id),
      ...(target?.credential ? { credential: target.credential } : {}),
      ...(bank === undefined ? {} : { institutionId: bank }),
      ...(user.market ? { market: user.market } : {}),
      ...(language ? { locale: language } : {}),
      ...(reference === undefined ? {} : { reference }),
    };
  }
}

function linksFor(provider: Provider, purpose: LinkPurpose): LinkFlow {
  const { link } = provider.credentials.capabilities;
  if (provider.links && link.includes(purpose)) return provider.links;
  const offered = link.length === 0 ? 'It has none.' : `It has them for: ${link.join(', ')}.`;
  throw new Failure('capability_unsupported', {
    detail: `${provider.name} has no hosted visit for ${purpose.replace('_', ' ')}. ${offered}`,
    violations: [{ pointer: '/purpose', message: offered }],
  });
}

function invalid(pointer: string, message: string): Failure {
  return new Failure('request.invalid', { violations: [{ pointer, message }] });
}
