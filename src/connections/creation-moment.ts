import { Injectable } from '@nestjs/common';

import type { Provider } from '../credentials/provider.js';
import { Ids } from '../platform/ids/ids.js';
import { Clock } from '../platform/time/clock.js';
import type { Answer } from './domain/field-answers.js';
import type { CheckedLogin } from './checked-login.js';
import type { Origin } from './origin.js';
import type { Creation } from './persistence/connection-creation.repository.js';

/** Longer than the provider's calls can take: after it, the process that began is taken for dead. */
const CREATION_LEASE_MS = 40_000;

export interface NewConnection {
  readonly userId: string;
  readonly provider: string;
  readonly institutionId: string;
  readonly answers: readonly Answer[];
  readonly reference?: string | undefined;
  readonly returnUrl?: string | undefined;
}

/** Gives a creation its id and its time. */
@Injectable()
export class CreationMoment {
  constructor(
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /** For a credential that a hosted visit brought: nothing is to be called, so nothing is written down first. */
  linked(
    who: Pick<Creation, 'userId' | 'externalUserId' | 'provider' | 'reference' | 'fingerprint' | 'institutionName'>,
    institutionId: string,
    origin: Origin,
  ): Creation {
    const now = this.clock.now();
    const { actor, requestId } = origin;
    return { ...who, id: this.ids.next(), institutionId, actor, requestId, createdAt: now, recoverAt: now };
  }

  creation(
    request: NewConnection,
    externalUserId: string,
    provider: Provider,
    { institution, fingerprint }: CheckedLogin,
    origin: Origin,
  ): Creation {
    const now = this.clock.now();
    return {
      id: this.ids.next(),
      userId: request.userId,
      externalUserId,
      provider: provider.id,
      institutionId: institution.id,
      institutionName: institution.name,
      reference: request.reference ?? null,
      fingerprint,
      actor: origin.actor,
      requestId: origin.requestId,
      createdAt: now,
      recoverAt: new Date(now.getTime() + CREATION_LEASE_MS),
    };
  }
}
