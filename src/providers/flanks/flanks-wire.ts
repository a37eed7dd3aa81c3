import { Injectable } from '@nestjs/common';

import { FlanksConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { OutgoingHttp } from '../../platform/http/outgoing-http.js';
import type { OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import type { OutgoingMethod, Pairs } from '../../platform/http/outgoing-request.js';
import { faultFailure } from './flanks.errors.js';

export interface FlanksRequest {
  readonly method: OutgoingMethod;
  /** Begins with a slash. Flanks has no ids in its paths, so it is also the label of the call. */
  readonly path: string;
  readonly query?: Pairs;
  /** Sent as JSON, with `DELETE` too. */
  readonly body?: unknown;
  /** `safe`: a repeat does no harm. */
  readonly retry: 'safe' | 'never';
  /** Whether the call can change something at Flanks. */
  readonly changes: boolean;
  /** Milliseconds; default from the options of `OutgoingHttp`. */
  readonly deadlineMs?: number;
}

/** One request to Flanks. Statuses are data here; a fault of the network is a failure. */
@Injectable()
export class FlanksWire {
  constructor(
    private readonly config: FlanksConfig,
    private readonly http: OutgoingHttp,
  ) {}

  async send(
    { method, path, query, body, retry, changes, deadlineMs }: FlanksRequest,
    token: SecretValue | null,
    call: CallContext,
  ): Promise<Result<OutgoingAnswer, ProviderFailure>> {
    const outcome = await this.http.channel('flanks').call({
      operation: path,
      method,
      retry,
      url: this.config.apiUrl + path,
      signal: call.signal,
      headers: token ? { Authorization: `Bearer ${token.reveal('to call Flanks')}` } : {},
      ...(query && { query }),
      ...(deadlineMs !== undefined && { deadlineMs }),
      ...(body !== undefined && { body: { json: body } }),
    });
    return outcome.kind === 'answer' ? ok(outcome) : fail(faultFailure(outcome, changes));
  }

  /** Counts a word that this adapter does not know. @param kind a constant. */
  reportUnknownWord(kind: string, word: string): void {
    this.http.channel('flanks').reportUnknownWord(kind, word);
  }
}
