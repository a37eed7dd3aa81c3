import { Injectable } from '@nestjs/common';

import type { ServerConfig } from '../config/slices.js';
import { LinkTargets } from '../connections/link-targets.js';
import type { LinkReturn } from '../credentials/link-flow.js';
import { Failure } from '../platform/errors/failure.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { callbackUrl } from './callback-url.js';
import type { LinkSession } from './link-session.js';

export interface KnownVisit {
  readonly visit: LinkReturn;
  /** Why it can repair nothing: its connection is gone, goes or has moved. */
  readonly lost: Failure | null;
}

/** A stored visit in the form that providers understand. */
@Injectable()
export class LinkVisits {
  constructor(
    private readonly providers: ProviderAccess,
    private readonly targets: LinkTargets,
  ) {}

  /**
   * What came out must be settled also when the connection is gone, goes or has moved: the provider has it.
   * @throws Failure `link.used` when the visit is over
   */
  async visit(session: LinkSession, server: Pick<ServerConfig, 'publicUrl'>): Promise<KnownVisit> {
    const { state, handle, purpose, userId, connectionId } = session;
    if (!state) throw new Failure('link.used');
    const provider = this.providers.provider(session.provider);
    const repairs = purpose !== 'connect' && connectionId !== null;
    const target = repairs ? await this.targets.find(connectionId, userId, provider, purpose).catch(lostOf) : null;
    const lost = target instanceof Failure ? target : null;
    const credential = target instanceof Failure ? undefined : target?.credential;
    const visit: LinkReturn = {
      user: providerUserRef(userId),
      purpose,
      state,
      callbackUrl: callbackUrl(server, provider.id),
      ...(handle ? { handle } : {}),
      ...(session.status === 'completing' ? { cameBack: true } : {}),
      ...(credential ? { credential } : {}),
    };
    return { visit, lost };
  }
}

const LOST: ReadonlySet<string> = new Set(['connection.not_found', 'connection.deleting', 'link.other_provider']);

function lostOf(error: unknown): Failure {
  if (error instanceof Failure && LOST.has(error.code)) return error;
  throw error;
}
