import { Injectable } from '@nestjs/common';

import type { LinkTarget } from '../connections/link-targets.js';
import type { BegunLink } from '../credentials/link-flow.js';
import type { Provider } from '../credentials/provider.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { Ids } from '../platform/ids/ids.js';
import { Clock } from '../platform/time/clock.js';
import type { User } from '../users/user.js';
import type { LinkSessionRequest } from './link-session-request.js';
import type { LinkSession } from './link-session.js';

/** A user who does not come back within this time begins again. */
const LONGEST_VISIT_MS = 30 * 60_000;
/** From then on the provider is asked whether the visit ended there without the browser coming back. */
const FIRST_SEARCH_MS = 2 * 60_000;

/** Who visits whom, for which connection, and who asked for it. */
export interface Visitor {
  readonly user: User;
  readonly provider: Provider;
  readonly target: LinkTarget | null;
  readonly actor: string;
}

@Injectable()
export class LinkSessionFactory {
  constructor(
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  session(
    request: LinkSessionRequest,
    { user, provider, target, actor }: Visitor,
    begun: BegunLink,
    state: SecretValue,
  ): LinkSession {
    const now = this.clock.now();
    const latest = new Date(now.getTime() + LONGEST_VISIT_MS);
    return {
      id: this.ids.next(),
      userId: user.id,
      externalUserId: user.externalUserId,
      provider: provider.id,
      institutionId: target?.institutionId ?? request.institutionId ?? null,
      purpose: request.purpose,
      connectionId: target?.connectionId ?? null,
      redirectUrl: request.redirectUrl,
      locale: request.locale ?? null,
      reference: request.reference ?? null,
      status: 'open',
      cause: null,
      problem: null,
      state,
      handle: begun.handle ?? null,
      actor,
      createdAt: now,
      expiresAt: begun.expiresAt && begun.expiresAt < latest ? begun.expiresAt : latest,
      recoverAt: new Date(now.getTime() + FIRST_SEARCH_MS),
      completedAt: null,
    };
  }
}
