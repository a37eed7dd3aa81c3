import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { parsed } from '../../platform/http/json-shape.js';
import { bodyJson } from '../../platform/http/outgoing-outcome.js';
import { pathSegment } from '../../platform/http/outgoing-request.js';
import { Clock } from '../../platform/time/clock.js';
import { FlinksClient } from './flinks.client.js';
import { codedFailure, nonsense } from './flinks.errors.js';
import { BUSY_MS } from './flinks-sessions.js';

/** Older instances say in the text of a success that there was nothing to delete. */
const NOTHING_THERE = /invalid\s+loginid/i;

/** What Flinks stores for a LoginId: the login and its data. */
@Injectable()
export class FlinksCards {
  constructor(
    private readonly client: FlinksClient,
    private readonly clock: Clock,
  ) {}

  /** Failures: `credential.busy`, with a time, while Flinks collects data for it. */
  async delete(
    loginId: string,
    call: CallContext,
  ): Promise<Result<{ readonly alreadyGone: boolean }, ProviderFailure>> {
    const answer = await this.client.ask(
      {
        operation: '/DeleteCard/{loginId}',
        method: 'DELETE',
        path: `/DeleteCard/${pathSegment(loginId)}`,
        auth: { kind: 'api_key' },
        retry: 'safe',
        changes: true,
      },
      call,
    );
    if (!answer.ok) return answer;
    const { kind, word, http } = answer.value;
    if (kind === 'done') {
      const message = parsed(bodyJson(http), (body) => body.optionalText('Message'));
      return message === undefined
        ? fail(nonsense(http, true))
        : ok({ alreadyGone: NOTHING_THERE.test(message ?? '') });
    }
    if (word === 'INVALID_LOGIN') return ok({ alreadyGone: true });
    const now = this.clock.now();
    const failure = codedFailure(http, word, true, now);
    const busy = failure.code === 'credential.busy';
    return fail(busy ? { ...failure, retryAt: new Date(now.getTime() + BUSY_MS) } : failure);
  }
}
