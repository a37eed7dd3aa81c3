import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { withDeadline } from '../../platform/http/deadline.js';
import { parsed, type Shape } from '../../platform/http/json-shape.js';
import { bodyJson, type OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import { Clock } from '../../platform/time/clock.js';
import { nonsense, refusal, type Refusals } from './flanks.errors.js';
import { readRefusal, type FlanksTrouble } from './flanks-refusals.js';
import { FlanksTokens } from './flanks-tokens.js';
import type { FlanksRequest } from './flanks-wire.js';

/** Milliseconds for one operation of a port, all its calls together. Lists and link codes take several. */
export const OPERATION_DEADLINE_MS = 20_000;

export interface FlanksCall extends FlanksRequest {
  readonly refusals?: Refusals;
}

export interface FlanksTold {
  readonly answer: OutgoingAnswer;
  /** `null` = a success. */
  readonly trouble: FlanksTrouble | null;
}

/** Authorised calls to Flanks. Successes are answers, everything else is a failure. */
@Injectable()
export class FlanksClient {
  constructor(
    private readonly tokens: FlanksTokens,
    private readonly clock: Clock,
  ) {}

  async send(request: FlanksCall, call: CallContext): Promise<Result<OutgoingAnswer, ProviderFailure>> {
    const asked = await this.ask(request, [], call);
    return asked.ok ? ok(asked.value.answer) : asked;
  }

  /** As `send`, but these troubles are told and no failures: what Flanks says of a group of data. */
  async ask(
    request: FlanksCall,
    told: readonly FlanksTrouble[],
    call: CallContext,
  ): Promise<Result<FlanksTold, ProviderFailure>> {
    const { refusals = {}, changes, ...wanted } = request;
    const answer = await this.tokens.authorised({ ...wanted, changes }, call);
    if (!answer.ok) return answer;
    const { trouble } = readRefusal(answer.value);
    if (trouble === null || told.includes(trouble)) return ok({ answer: answer.value, trouble });
    const refused = refusal(answer.value, { refusals, changes, now: this.clock.now() });
    return fail(refused ?? nonsense(answer.value, changes));
  }

  /** Sends and reads the body. Failures: `provider.bad_response` when it is not what `read` expects. */
  async read<T>(
    request: FlanksCall,
    read: (body: Shape) => T | undefined,
    call: CallContext,
  ): Promise<Result<T, ProviderFailure>> {
    const answer = await this.send(request, call);
    if (!answer.ok) return answer;
    const value = parsed(bodyJson(answer.value), read);
    return value === undefined ? fail(nonsense(answer.value, request.changes)) : ok(value);
  }
}

/** Runs one operation of a port under one deadline. */
export async function operation<T>(call: CallContext, work: (call: CallContext) => Promise<T>): Promise<T> {
  return withDeadline(call.signal, OPERATION_DEADLINE_MS, async (signal) => work({ ...call, signal }));
}
