import { Injectable } from '@nestjs/common';

import { FlinksConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { parsed } from '../../platform/http/json-shape.js';
import { bodyJson } from '../../platform/http/outgoing-outcome.js';
import { Clock } from '../../platform/time/clock.js';
import { readAuthorizeToken, readHead } from './flinks.bodies.js';
import { codedFailure, nonsense, statusFailure } from './flinks.errors.js';
import { FlinksWire } from './flinks-wire.js';

/**
 * Authorize tokens. Each serves one dialogue: its first use binds it to a RequestId, and the answers of that dialogue
 * must bring the same token again. So there is nothing to keep here; it travels in the session.
 */
@Injectable()
export class FlinksTokens {
  constructor(
    private readonly config: FlinksConfig,
    private readonly wire: FlinksWire,
    private readonly clock: Clock,
  ) {}

  /** A new token; `null` when the instance wants none. Failures: `provider.misconfigured` for a wrong secret key. */
  async fresh(call: CallContext): Promise<Result<string | null, ProviderFailure>> {
    if (this.config.secretKey === null) return ok(null);
    const answer = await this.wire.send(
      {
        operation: '/GenerateAuthorizeToken',
        method: 'POST',
        path: '/GenerateAuthorizeToken',
        auth: { kind: 'secret_key', as: 'header' },
        retry: 'safe',
        changes: false,
      },
      call,
    );
    if (!answer.ok) return answer;
    const { status } = answer.value;
    const word = parsed(bodyJson(answer.value), readHead)?.flinksCode ?? null;
    if (status < 200 || status > 299) {
      const now = this.clock.now();
      return fail(
        word === null ? statusFailure(answer.value, false, now) : codedFailure(answer.value, word, false, now),
      );
    }
    const token = parsed(bodyJson(answer.value), readAuthorizeToken);
    return token === undefined ? fail(nonsense(answer.value, false)) : ok(token);
  }
}
