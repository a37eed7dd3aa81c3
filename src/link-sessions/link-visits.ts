import { Injectable } from '@nestjs/common';

import type { ServerConfig } from '../config/slices.js';
import { LinkTargets } from '../connections/link-targets.js';
import type { LinkReturn } from '../credentials/link-flow.js';
import { Failure } from '../platform/errors/failure.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { callbackUrl } from './callback-url.js';
import type { LinkSession } from './link-session.js';

/** A stored visit in the form that providers understand. */
@Injectable()
export class LinkVisits {
  constructor(
    private readonly providers: ProviderAccess,
    private readonly targets: LinkTargets,
  ) {}

  /**
   * A visit that brings a new credential needs no connection: what came out must be settled even when it is gone.
   * @throws Failure `link.used` when the visit is over, `connection.not_found` when its connection is gone, `link.other_provider` when it moved
   */
  async visit(session: LinkSession, server: Pick<ServerConfig, 'publicUrl'>): Promise<LinkReturn> {
    const { state, handle, purpose, userId, connectionId } = session;
    if (!state) throw new Failure('link.used');
    const provider = this.providers.provider(session.provider);
    const target =
      purpose === 'connect' || connectionId === null
        ? null
        : await this.targets.find(connectionId, userId, provider, purpose);
    return {
      user: providerUserRef(userId),
      purpose,
      state,
      callbackUrl: callbackUrl(server, provider.id),
      ...(handle ? { handle } : {}),
      ...(session.status === 'completing' ? { cameBack: true } : {}),
      ...(target?.credential ? { credential: target.credential } : {}),
    };
  }
}
