import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { parsed, parsedItems } from '../../platform/http/json-shape.js';
import { bodyJson } from '../../platform/http/outgoing-outcome.js';
import { askedRetryAt } from '../../platform/http/retry-after.js';
import { Clock } from '../../platform/time/clock.js';
import { readExchange, readLinkCode } from './flanks.bodies.js';
import { FlanksClient } from './flanks.client.js';
import { nonsense } from './flanks.errors.js';
import type { FlanksExchange, FlanksLinkCode } from './flanks.types.js';

const PATH = '/v0/platform/link';
/** Checks may hold a credential back for three days; nothing says when to ask again. */
const ASK_AGAIN_MS = 60 * 60_000;

export type Exchanged =
  | { readonly kind: 'exchanged'; readonly exchange: FlanksExchange }
  | { readonly kind: 'not_ready'; readonly retryAt: Date }
  /** Nobody knows whether this try used the code up. */
  | { readonly kind: 'uncertain'; readonly failure: ProviderFailure };

/** Single-use codes that a finished visit leaves behind. */
@Injectable()
export class FlanksLinkCodes {
  constructor(
    private readonly client: FlanksClient,
    private readonly clock: Clock,
  ) {}

  /** Codes of our Link that nobody has exchanged: the way to visits whose browser never came back. */
  async unused(linkToken: string, call: CallContext): Promise<Result<readonly FlanksLinkCode[], ProviderFailure>> {
    const answer = await this.client.send(
      {
        method: 'GET',
        path: PATH,
        query: [['link_token', linkToken]],
        retry: 'safe',
        changes: false,
        refusals: { unknown_element: 'provider.misconfigured', invalid_input: 'provider.misconfigured' },
      },
      call,
    );
    if (!answer.ok) return answer;
    const codes = parsedItems(bodyJson(answer.value), readLinkCode);
    if (!codes) return fail(nonsense(answer.value, false));
    // The filter had another name once, so it may be ignored.
    return ok(codes.filter((each) => each.linkToken === null || each.linkToken === linkToken));
  }

  /**
   * Tries a code once. After `uncertain` look at the unused codes before another try.
   * Failures: `authorization.invalid_code`.
   */
  async exchange(code: string, call: CallContext): Promise<Result<Exchanged, ProviderFailure>> {
    const answer = await this.client.send(
      {
        method: 'POST',
        path: PATH,
        body: { code },
        retry: 'never',
        changes: true,
        refusals: { unknown_element: 'authorization.invalid_code', invalid_input: 'authorization.invalid_code' },
      },
      call,
    );
    if (!answer.ok) {
      const { code: why, mayHaveHappened, retryAt } = answer.failure;
      if (why === 'credential.busy') return ok(this.notReady(retryAt));
      return mayHaveHappened ? ok({ kind: 'uncertain', failure: answer.failure }) : answer;
    }
    if (answer.value.status === 202) {
      return ok(this.notReady(askedRetryAt(answer.value, this.clock.now())));
    }
    const exchange = parsed(bodyJson(answer.value), readExchange);
    return ok(
      exchange ? { kind: 'exchanged', exchange } : { kind: 'uncertain', failure: nonsense(answer.value, true) },
    );
  }

  private notReady(asked: Date | undefined): Exchanged {
    return { kind: 'not_ready', retryAt: asked ?? new Date(this.clock.now().getTime() + ASK_AGAIN_MS) };
  }
}
