import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { withDeadline } from '../../platform/http/deadline.js';
import { parsed, type Shape } from '../../platform/http/json-shape.js';
import { bodyJson, type OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import { Clock } from '../../platform/time/clock.js';
import { readHead, readSession } from './flinks.bodies.js';
import { codedFailure, harmlessWord, nonsense, statusFailure } from './flinks.errors.js';
import { knownChallengeType, knownCode, type FlinksSessionBody } from './flinks.types.js';
import { FlinksWire, type FlinksRequest } from './flinks-wire.js';

/** Milliseconds for one operation of a port. */
export const OPERATION_DEADLINE_MS = 10_000;
/** The same where a bank is waited for; the core gives every use case 25 s. */
export const BANK_DEADLINE_MS = 23_000;

/**
 * What Flinks says, apart from transport.
 * - `done` 200 · `working` 202, go on asking · `challenge` 203, a real HTTP status
 * - `refused` anything else that carries a FlinksCode
 */
export interface FlinksAnswer {
  readonly kind: 'done' | 'working' | 'challenge' | 'refused';
  /** The FlinksCode, safe to show; `OK` where a success has none. */
  readonly word: string;
  readonly session: FlinksSessionBody;
  readonly http: OutgoingAnswer;
}

const NO_SESSION: FlinksSessionBody = {
  requestId: null,
  login: null,
  bank: { name: null, number: null },
  challenges: [],
};

/** Calls to Flinks' v3 with answers by FlinksCode. */
@Injectable()
export class FlinksClient {
  constructor(
    private readonly wire: FlinksWire,
    private readonly clock: Clock,
  ) {}

  /** Everything that Flinks itself says is an answer; a failure is trouble on the way or nonsense. */
  async ask(request: FlinksRequest, call: CallContext): Promise<Result<FlinksAnswer, ProviderFailure>> {
    const sent = await this.wire.send(request, call);
    if (!sent.ok) return sent;
    const http = sent.value;
    const body = bodyJson(http);
    const head = parsed(body, readHead);
    const word = head?.flinksCode ?? null;
    const status = succeeded(http.status) ? (head?.httpStatusCode ?? http.status) : http.status;
    if (!succeeded(status)) {
      if (word === null) return fail(statusFailure({ ...http, status }, request.changes, this.clock.now()));
      this.count(word);
      return ok({ kind: 'refused', word: harmlessWord(word), session: parsed(body, readSession) ?? NO_SESSION, http });
    }
    const session = parsed(body, readSession);
    const kind = KINDS.get(status);
    if (!session || kind === undefined) return fail(nonsense(http, request.changes));
    for (const { type } of session.challenges) {
      if (knownChallengeType(type) === undefined) this.wire.reportUnknownWord('challenge type', type);
    }
    return ok({ kind, word: harmlessWord(word ?? 'OK'), session, http });
  }

  /** For calls that have one kind of success and no session. */
  async fetch<T>(
    request: FlinksRequest,
    read: (body: unknown) => T | undefined,
    call: CallContext,
  ): Promise<Result<T, ProviderFailure>> {
    const sent = await this.wire.send(request, call);
    if (!sent.ok) return sent;
    const { value: http } = sent;
    const body = bodyJson(http);
    if (!succeeded(http.status)) {
      const word = parsed(body, readHead)?.flinksCode ?? null;
      if (word === null) return fail(statusFailure(http, request.changes, this.clock.now()));
      this.count(word);
      return fail(codedFailure(http, word, request.changes, this.clock.now()));
    }
    const value = read(body);
    return value === undefined ? fail(nonsense(http, request.changes)) : ok(value);
  }

  private count(word: string): void {
    if (knownCode(word) === undefined) this.wire.reportUnknownWord('FlinksCode', word);
  }
}

function succeeded(status: number): boolean {
  return status >= 200 && status <= 299;
}

const KINDS: ReadonlyMap<number, FlinksAnswer['kind']> = new Map([
  [200, 'done'],
  [201, 'done'],
  [202, 'working'],
  [203, 'challenge'],
]);

/** For `fetch`: a JSON object. */
export function objectBody<T>(read: (body: Shape) => T): (body: unknown) => T | undefined {
  return (body) => parsed(body, read);
}

/** Runs one operation of a port under one deadline. */
export async function operation<T>(
  call: CallContext,
  work: (call: CallContext) => Promise<T>,
  deadlineMs = OPERATION_DEADLINE_MS,
): Promise<T> {
  return withDeadline(call.signal, deadlineMs, async (signal) => work({ ...call, signal }));
}
