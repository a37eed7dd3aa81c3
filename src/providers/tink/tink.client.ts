import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { withDeadline } from '../../platform/http/deadline.js';
import { parsed, type Shape } from '../../platform/http/json-shape.js';
import { bodyJson, type OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import { Clock } from '../../platform/time/clock.js';
import { nonsense, refusal, type Refusals } from './tink.errors.js';
import { TinkTokens } from './tink-tokens.js';
import type { TinkRequest } from './tink-wire.js';

/** Milliseconds for one operation of a port, tokens and repeats included. */
export const OPERATION_DEADLINE_MS = 10_000;

export interface TinkCall extends TinkRequest {
  readonly scopes: readonly string[];
  readonly refusals?: Refusals;
  /** For failures about the caller's input. */
  readonly pointer?: string;
}

/** Authorised calls to Tink, as a user or as this installation. Successes are answers, everything else is a failure. */
@Injectable()
export class TinkClient {
  constructor(
    private readonly tokens: TinkTokens,
    private readonly clock: Clock,
  ) {}

  async asUser(
    user: ProviderUserRef,
    request: TinkCall,
    call: CallContext,
  ): Promise<Result<OutgoingAnswer, ProviderFailure>> {
    const obtain = (): ReturnType<TinkTokens['forUser']> => this.tokens.forUser(user, request.scopes, call);
    return this.checked(request, await this.tokens.authorised(obtain, request, call));
  }

  async asClient(request: TinkCall, call: CallContext): Promise<Result<OutgoingAnswer, ProviderFailure>> {
    const obtain = (): ReturnType<TinkTokens['forClient']> => this.tokens.forClient(request.scopes, call);
    return this.checked(request, await this.tokens.authorised(obtain, request, call));
  }

  private checked(
    request: TinkCall,
    answer: Result<OutgoingAnswer, ProviderFailure>,
  ): Result<OutgoingAnswer, ProviderFailure> {
    if (!answer.ok || (answer.value.status >= 200 && answer.value.status < 300)) return answer;
    const { refusals = {}, changes, pointer } = request;
    const now = this.clock.now();
    return fail(refusal(answer.value, { refusals, changes, now, ...(pointer !== undefined && { pointer }) }));
  }
}

/** Reads the body of a success. Failures: `provider.bad_response`. */
export function readBody<T>(
  answer: OutgoingAnswer,
  changes: boolean,
  read: (body: Shape) => T | undefined,
): Result<T, ProviderFailure> {
  const value = parsed(bodyJson(answer), read);
  return value === undefined ? fail(nonsense(answer, changes)) : ok(value);
}

/** Runs one operation of a port under one deadline. */
export async function operation<T>(call: CallContext, work: (call: CallContext) => Promise<T>): Promise<T> {
  return withDeadline(call.signal, OPERATION_DEADLINE_MS, async (signal) => work({ ...call, signal }));
}
