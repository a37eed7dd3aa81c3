import { Injectable } from '@nestjs/common';

import { FlinksConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { OutgoingHttp } from '../../platform/http/outgoing-http.js';
import type { OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import type { OutgoingMethod, Pairs } from '../../platform/http/outgoing-request.js';
import { faultFailure, flinksFailure } from './flinks.errors.js';

/**
 * What opens an endpoint: an authorize token, the API key of the data endpoints, or the secret key of the two that manage
 * the installation.
 */
export type FlinksAuth =
  | { readonly kind: 'authorize_token'; readonly token: string | null }
  | { readonly kind: 'api_key' }
  | { readonly kind: 'secret_key'; readonly as: 'header' | 'bearer' };

export interface FlinksRequest {
  /** Route template, for labels. */
  readonly operation: string;
  readonly method: OutgoingMethod;
  /** After `BankingServices`. Begins with a slash; parts that are data went through `pathSegment`. */
  readonly path: string;
  readonly query?: Pairs;
  readonly json?: unknown;
  readonly auth: FlinksAuth;
  /** `safe`: a repeat does no harm. */
  readonly retry: 'safe' | 'never';
  /** Whether the call can change something at Flinks. */
  readonly changes: boolean;
  /** Milliseconds, for calls that wait for a bank. */
  readonly deadlineMs?: number;
  readonly maxResponseBytes?: number;
}

/** One request to Flinks. Statuses are data here; a fault of the network is a failure. */
@Injectable()
export class FlinksWire {
  constructor(
    private readonly config: FlinksConfig,
    private readonly http: OutgoingHttp,
  ) {}

  async send(request: FlinksRequest, call: CallContext): Promise<Result<OutgoingAnswer, ProviderFailure>> {
    const { operation, method, query, json, retry, deadlineMs, maxResponseBytes } = request;
    const { apiUrl, customerId } = this.config;
    if (customerId === null) return fail(flinksFailure('provider.misconfigured'));
    const outcome = await this.http.channel('flinks').call({
      operation,
      method,
      retry,
      url: `${apiUrl}/v3/${customerId}/BankingServices${request.path}`,
      signal: call.signal,
      headers: this.headers(request.auth),
      ...(query && { query }),
      ...(json !== undefined && { body: { json } }),
      ...(deadlineMs !== undefined && { deadlineMs }),
      ...(maxResponseBytes !== undefined && { maxResponseBytes }),
    });
    return outcome.kind === 'answer' ? ok(outcome) : fail(faultFailure(outcome, request.changes));
  }

  /** Counts a word that this adapter does not know. @param kind a constant. */
  reportUnknownWord(kind: string, word: string): void {
    this.http.channel('flinks').reportUnknownWord(kind, word);
  }

  private headers(auth: FlinksAuth): Readonly<Record<string, string>> {
    const { secretKey, apiKey } = this.config;
    switch (auth.kind) {
      case 'authorize_token':
        return auth.token === null ? {} : { 'flinks-auth-key': auth.token };
      case 'api_key':
        return apiKey === null ? {} : { 'x-api-key': apiKey };
      case 'secret_key':
        if (secretKey === null) return {};
        return auth.as === 'bearer' ? { Authorization: `Bearer ${secretKey}` } : { 'flinks-auth-key': secretKey };
    }
  }
}
