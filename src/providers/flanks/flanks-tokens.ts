import { Injectable } from '@nestjs/common';

import { FlanksConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { withDeadline } from '../../platform/http/deadline.js';
import { parsed } from '../../platform/http/json-shape.js';
import { LoadingCache, type Loaded } from '../../platform/http/loading-cache.js';
import { bodyJson, type OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import { awaitShared } from '../../platform/http/shared-work.js';
import { Clock } from '../../platform/time/clock.js';
import { readToken } from './flanks.bodies.js';
import { flanksFailure, givenUp, nonsense, refusal } from './flanks.errors.js';
import type { FlanksToken } from './flanks.types.js';
import { readRefusal } from './flanks-refusals.js';
import { FlanksWire, type FlanksRequest } from './flanks-wire.js';

type TokenResult = Result<SecretValue, ProviderFailure>;

const LOAD_DEADLINE_MS = 10_000;
const MARGIN_SECONDS = 300;
const ONLY = 'token';

/** The one token of this installation, in memory only. A new one may end the one before, so all callers share it. */
@Injectable()
export class FlanksTokens {
  private readonly cache: LoadingCache<TokenResult>;

  constructor(
    private readonly config: FlanksConfig,
    private readonly wire: FlanksWire,
    private readonly clock: Clock,
  ) {
    this.cache = new LoadingCache(1, clock);
  }

  /**
   * Sends a request with the token; after a 401 once more with a new one. That is safe for every call: what gets a
   * 401 was not processed.
   */
  async authorised(request: FlanksRequest, call: CallContext): Promise<Result<OutgoingAnswer, ProviderFailure>> {
    const first = await this.obtain(call);
    if (!first.ok) return first;
    const answer = await this.wire.send(request, first.value, call);
    if (!answer.ok || readRefusal(answer.value).trouble !== 'unauthenticated') return answer;
    this.cache.forget((_key, kept) => kept?.ok === true && kept.value === first.value);
    const second = await this.obtain(call);
    return second.ok ? this.wire.send(request, second.value, call) : second;
  }

  private async obtain(call: CallContext): Promise<TokenResult> {
    return awaitShared(
      call.signal,
      this.cache.get(ONLY, async () => this.load()),
      givenUp,
    );
  }

  /** A load belongs to all who wait for it, so it has a deadline of its own. */
  private async load(): Promise<Loaded<TokenResult>> {
    const startedAt = this.clock.now().getTime();
    const nobody = new AbortController().signal;
    const token = await withDeadline(nobody, LOAD_DEADLINE_MS, async (signal) => this.fetch({ signal }));
    if (!token.ok) return { value: token };
    const { accessToken, expiresIn } = token.value;
    // A token that lives shorter than two margins is still used for half its life.
    const usableSeconds = Math.max(expiresIn - MARGIN_SECONDS, expiresIn / 2);
    return { value: ok(new Opened(accessToken)), keepUntil: new Date(startedAt + usableSeconds * 1000) };
  }

  /** A 403 is a matter for the operator: it is an answer, so nothing repeats it. */
  private async fetch(call: CallContext): Promise<Result<FlanksToken, ProviderFailure>> {
    const { client } = this.config;
    if (!client) return fail(flanksFailure('provider.misconfigured'));
    const request: FlanksRequest = {
      method: 'POST',
      path: '/v0/token',
      body: { client_id: client.id, client_secret: client.secret, grant_type: 'client_credentials' },
      retry: 'safe',
      changes: false,
    };
    const answer = await this.wire.send(request, null, call);
    if (!answer.ok) return answer;
    const refusals = { invalid_input: 'provider.misconfigured', unknown_element: 'provider.misconfigured' } as const;
    const refused = refusal(answer.value, { refusals, changes: false, now: this.clock.now() });
    if (refused) return fail(refused);
    const token = parsed(bodyJson(answer.value), readToken);
    return token ? ok(token) : fail(nonsense(answer.value, false));
  }
}
