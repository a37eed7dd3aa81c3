import { Injectable } from '@nestjs/common';

import type { CallContext } from '../credentials/call-context.js';
import type { CredentialCensus } from '../credentials/credential-census.js';
import type { CredentialsService } from '../credentials/credentials.service.js';
import type { ProviderFailure, ProviderFailureCode } from '../credentials/failure.js';
import type { Provider } from '../credentials/provider.js';
import { fail, ok, type Result } from '../credentials/result.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { isUuid } from '../platform/pagination/cursor.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { SightingRepository } from './persistence/sighting.repository.js';
import type { Sweep } from './persistence/sweep.repository.js';

const USERS_AT_ONCE = 20;

export interface FoundCredential {
  readonly credentialId: SecretValue;
  /** Has the form of our ids; need not be one. */
  readonly userId: string | null;
}

/** A part of what a provider has, and where to go on. */
export interface Batch {
  readonly found: readonly FoundCredential[];
  readonly next: Pick<Sweep, 'cursor' | 'afterId'> | null;
}

/** Failures after which asking about the next one makes no sense. Others are of one user or credential only. */
const STOPS: ReadonlySet<ProviderFailureCode> = new Set([
  'provider.unavailable',
  'provider.timeout',
  'provider.aborted',
  'provider.rate_limited',
  'provider.misconfigured',
  'provider.disabled',
]);

export function stopsSweep({ code }: ProviderFailure): boolean {
  return STOPS.has(code);
}

/** Neither a list of everything nor users whose lists can be read: nothing can be compared there. */
export function canReconcile({ census, users, credentials }: Provider): boolean {
  return census !== undefined || (users !== undefined && credentials.capabilities.list);
}

/** Everything that a provider has for us, in bounded parts: its census, or the lists of our users one after the other. */
@Injectable()
export class UpstreamCredentials {
  constructor(
    private readonly sightings: SightingRepository,
    private readonly providers: ProviderAccess,
  ) {}

  async next(provider: Provider, sweep: Sweep, signal: AbortSignal): Promise<Result<Batch, ProviderFailure>> {
    const { census, credentials } = provider;
    return census ? this.census(census, sweep, signal) : this.users(credentials, sweep, signal);
  }

  private async census(
    census: CredentialCensus,
    { cursor }: Sweep,
    signal: AbortSignal,
  ): Promise<Result<Batch, ProviderFailure>> {
    const page = await census.page(cursor, this.call(signal));
    if (!page.ok) return page;
    const found = page.value.credentials.map(({ credentialId, user }) => {
      const userId = user?.toLowerCase() ?? '';
      return { credentialId, userId: isUuid(userId) ? userId : null };
    });
    const { next } = page.value;
    return ok({ found, next: next && { cursor: next, afterId: null } });
  }

  private async users(
    credentials: CredentialsService,
    { provider, afterId }: Sweep,
    signal: AbortSignal,
  ): Promise<Result<Batch, ProviderFailure>> {
    const userIds = await this.sightings.usersOf(provider, afterId, USERS_AT_ONCE);
    const found: FoundCredential[] = [];
    for (const userId of userIds) {
      const list = await credentials.list(providerUserRef(userId), this.call(signal));
      if (list.ok) found.push(...list.value.map(({ credentialId }) => ({ credentialId, userId })));
      // Somebody whom it cannot tell of now is asked for again in the next sweep.
      else if (stopsSweep(list.failure)) return fail(list.failure);
    }
    const last = userIds.at(-1);
    const more = userIds.length === USERS_AT_ONCE && last !== undefined;
    return ok({ found, next: more ? { cursor: null, afterId: last } : null });
  }

  private call(signal: AbortSignal): CallContext {
    const call = this.providers.call();
    return { ...call, signal: AbortSignal.any([call.signal, signal]) };
  }
}
