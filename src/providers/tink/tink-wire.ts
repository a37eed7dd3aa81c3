import { Injectable } from '@nestjs/common';

import { TinkConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { OutgoingHttp } from '../../platform/http/outgoing-http.js';
import type { OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import type { OutgoingBody, OutgoingMethod, Pairs } from '../../platform/http/outgoing-request.js';
import { faultFailure } from './tink.errors.js';

export interface TinkRequest {
  /** Route template, for labels. */
  readonly operation: string;
  readonly method: OutgoingMethod;
  /** Begins with a slash; parts that are data went through `pathSegment`. */
  readonly path: string;
  readonly query?: Pairs;
  readonly body?: OutgoingBody;
  readonly accept?: string;
  /** `safe`: a repeat does no harm. */
  readonly retry: 'safe' | 'never';
  /** Whether the call can change something at Tink. */
  readonly changes: boolean;
}

/** One request to Tink. Statuses are data here; a fault of the network is a failure. */
@Injectable()
export class TinkWire {
  constructor(
    private readonly config: TinkConfig,
    private readonly http: OutgoingHttp,
  ) {}

  async send(
    request: TinkRequest,
    token: SecretValue | null,
    call: CallContext,
  ): Promise<Result<OutgoingAnswer, ProviderFailure>> {
    const { operation, method, query, body, retry } = request;
    const outcome = await this.http.channel('tink').call({
      operation,
      method,
      retry,
      url: this.config.apiUrl + request.path,
      signal: call.signal,
      headers: {
        ...(request.accept !== undefined && { Accept: request.accept }),
        ...(token && { Authorization: `Bearer ${token.reveal('to call Tink')}` }),
        ...(call.locale !== undefined && { 'Accept-Language': call.locale }),
      },
      ...(query && { query }),
      ...(body && { body }),
    });
    return outcome.kind === 'answer' ? ok(outcome) : fail(faultFailure(outcome, request.changes));
  }

  /** Counts a word that this adapter does not know. @param kind a constant. */
  reportUnknownWord(kind: string, word: string): void {
    this.http.channel('tink').reportUnknownWord(kind, word);
  }
}
