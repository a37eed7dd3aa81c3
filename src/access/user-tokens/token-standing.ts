import { Injectable } from '@nestjs/common';

import { BoundedMap } from '../../cache/bounded-map.js';
import { clientsTag, userTag } from '../../cache/keys.js';
import { TaggedCache } from '../../cache/tagged-cache.js';
import { OidcConfig } from '../../config/slices.js';
import { isUuid } from '../../platform/pagination/cursor.js';
import { Clock } from '../../platform/time/clock.js';
import { ClientRepository } from '../persistence/client.repository.js';
import { SCOPES, type Scope } from '../scope.js';
import { TokenSubjects } from './token-subjects.js';

/** Milliseconds after which both are asked again, whatever the cache says. */
const MAX_AGE_MS = 2_000;
const MAX_KEPT = 10_000;
const CLIENT = 'client:';
const OIDC = 'oidc:';

interface Kept {
  readonly scopes: ReadonlySet<Scope> | null;
  readonly generation: string | null;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Says what a token may still do: nothing once its client is revoked or its user is being deleted, and never more than
 * the client may do itself. Kept as keys are: both changes count at once, without Redis in two seconds elsewhere.
 */
@Injectable()
export class TokenStanding {
  private readonly kept = new BoundedMap<Kept>(MAX_KEPT);

  constructor(
    private readonly clients: ClientRepository,
    private readonly subjects: TokenSubjects,
    private readonly oidc: OidcConfig,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /** @returns the scopes that a token may have at most, `null` = the token is worth nothing. */
  async allows(issuedBy: string, userId: string): Promise<ReadonlySet<Scope> | null> {
    const generation = await this.cache.generation([clientsTag(), userTag(userId)]);
    const key = `${issuedBy} ${userId}`;
    const now = this.clock.now().getTime();
    const kept = this.kept.get(key);
    if (kept?.generation === generation && kept.until > now) return kept.scopes;
    const scopes = await this.lookUp(issuedBy, userId);
    // Counted from before the read: what changed meanwhile is not kept longer for it.
    this.kept.set(key, { scopes, generation, until: now + MAX_AGE_MS });
    return scopes;
  }

  private async lookUp(issuedBy: string, userId: string): Promise<ReadonlySet<Scope> | null> {
    const scopes = await this.issuerScopes(issuedBy);
    if (!scopes || (await this.subjects.standingOf(userId)) !== 'live') return null;
    return new Set(scopes);
  }

  private async issuerScopes(issuedBy: string): Promise<readonly Scope[] | null> {
    // Such a token ends with the one that it was made with; nobody here can revoke either.
    if (issuedBy.startsWith(OIDC)) return this.oidc.provider ? SCOPES : null;
    const clientId = issuedBy.startsWith(CLIENT) ? issuedBy.slice(CLIENT.length) : '';
    return isUuid(clientId) ? this.clients.liveScopes(clientId) : null;
  }
}
