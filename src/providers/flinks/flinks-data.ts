import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { parsed, type Shape } from '../../platform/http/json-shape.js';
import { bodyExactJson } from '../../platform/http/outgoing-outcome.js';
import { pathSegment } from '../../platform/http/outgoing-request.js';
import { Clock } from '../../platform/time/clock.js';
import { BANK_DEADLINE_MS, FlinksClient, type FlinksAnswer } from './flinks.client.js';
import { flinksFailure, nonsense } from './flinks.errors.js';
import { readAccounts, readStatements } from './flinks-data.bodies.js';
import type { DetailOptions, FlinksAccount, FlinksAccountStatements, StatementOptions } from './flinks-data.types.js';
import { refusedData } from './flinks-readings.js';
import type { FlinksRequest } from './flinks-wire.js';

type Endpoint = 'GetAccountsSummary' | 'GetAccountsDetail' | 'GetStatements';

/**
 * - `ready`; `asOf` is the card's LastRefresh, where the answer has it
 * - `pending` Flinks still collects; ask the Async twin every ten seconds, for half an hour at most
 * - `refused` with a FlinksCode; `failure` is what it means, with what it says of the card
 */
export type FlinksData<T> =
  | { readonly kind: 'ready'; readonly value: T; readonly asOf: Date | null }
  | { readonly kind: 'pending' }
  | { readonly kind: 'refused'; readonly word: string; readonly failure: ProviderFailure };

/** Milliseconds to wait before the Async twin is asked. */
export const POLL_MS = 10_000;
/** Milliseconds after which Flinks ends the work of a session. */
export const SESSION_MS = 30 * 60_000;
/** A dozen statements in base64 are more than our limit for other answers. Bytes. */
const STATEMENTS_BYTES = 24 * 1024 * 1024;

type Outcome<T> = Promise<Result<FlinksData<T>, ProviderFailure>>;

/**
 * Accounts, transactions and statements of one session (RequestId). A first call may be answered with 202; then the same
 * session is asked through the Async twin. One authorisation for each pull: a RequestId ends with its details.
 */
@Injectable()
export class FlinksDataCalls {
  constructor(
    private readonly client: FlinksClient,
    private readonly clock: Clock,
  ) {}

  async accountsSummary(requestId: string, call: CallContext): Outcome<readonly FlinksAccount[]> {
    return this.read(await this.start('GetAccountsSummary', { RequestId: requestId }, call), readAccounts);
  }

  async accountsDetail(
    requestId: string,
    options: DetailOptions,
    call: CallContext,
  ): Outcome<readonly FlinksAccount[]> {
    const { withAccountIdentity, withKyc, withTransactions, daysOfTransactions, accountsFilter } = options;
    const json = {
      RequestId: requestId,
      ...(withAccountIdentity !== undefined && { WithAccountIdentity: withAccountIdentity }),
      ...(withKyc !== undefined && { WithKYC: withKyc }),
      ...(withTransactions !== undefined && { WithTransactions: withTransactions }),
      ...(daysOfTransactions !== undefined && { DaysOfTransactions: daysOfTransactions }),
      ...(accountsFilter !== undefined && { AccountsFilter: accountsFilter }),
    };
    return this.read(await this.start('GetAccountsDetail', json, call), readAccounts);
  }

  /** Failures: `credential.invalid_input` for twelve months of more than one account. */
  async statements(
    requestId: string,
    { numberOfStatements, accountsFilter }: StatementOptions,
    call: CallContext,
  ): Outcome<readonly FlinksAccountStatements[]> {
    if (numberOfStatements === 'Months12' && accountsFilter?.length !== 1) {
      return fail(flinksFailure('credential.invalid_input', { pointer: '/accountsFilter' }));
    }
    const json = {
      RequestId: requestId,
      ...(numberOfStatements !== undefined && { NumberOfStatements: numberOfStatements }),
      ...(accountsFilter !== undefined && { AccountsFilter: accountsFilter }),
    };
    return this.read(await this.start('GetStatements', json, call), readStatements);
  }

  async accountsSummaryAsync(requestId: string, call: CallContext): Outcome<readonly FlinksAccount[]> {
    return this.read(await this.poll('GetAccountsSummary', requestId, call), readAccounts);
  }

  async accountsDetailAsync(requestId: string, call: CallContext): Outcome<readonly FlinksAccount[]> {
    return this.read(await this.poll('GetAccountsDetail', requestId, call), readAccounts);
  }

  async statementsAsync(requestId: string, call: CallContext): Outcome<readonly FlinksAccountStatements[]> {
    return this.read(await this.poll('GetStatements', requestId, call), readStatements);
  }

  /** The answer as it is: for whoever wants to know how far a session is, not what is in it. */
  async start(endpoint: Endpoint, json: unknown, call: CallContext): Promise<Result<FlinksAnswer, ProviderFailure>> {
    const path = `/${endpoint}`;
    const request = { operation: path, method: 'POST', path, json, auth: { kind: 'api_key' } } as const;
    return this.client.ask({ ...request, ...this.limits(endpoint), retry: 'safe', changes: false }, call);
  }

  /** Only after a 202. */
  async poll(endpoint: Endpoint, requestId: string, call: CallContext): Promise<Result<FlinksAnswer, ProviderFailure>> {
    const path = `/${endpoint}Async/${pathSegment(requestId)}`;
    const request = { operation: `/${endpoint}Async/{requestId}`, method: 'GET', path } as const;
    const auth = { kind: 'api_key' } as const;
    return this.client.ask({ ...request, ...this.limits(endpoint), auth, retry: 'safe', changes: false }, call);
  }

  private limits(endpoint: Endpoint): Pick<FlinksRequest, 'deadlineMs' | 'maxResponseBytes'> {
    const deadlineMs = BANK_DEADLINE_MS;
    return endpoint === 'GetStatements' ? { deadlineMs, maxResponseBytes: STATEMENTS_BYTES } : { deadlineMs };
  }

  private read<T>(
    answer: Result<FlinksAnswer, ProviderFailure>,
    reader: (body: Shape) => T,
  ): Result<FlinksData<T>, ProviderFailure> {
    if (!answer.ok) return answer;
    const { kind, word, http, session } = answer.value;
    if (kind === 'working') return ok({ kind: 'pending' });
    if (kind === 'refused') return ok({ kind, word, failure: refusedData(answer.value, this.clock.now()) });
    const value = kind === 'done' ? parsed(bodyExactJson(http), reader) : undefined;
    return value === undefined
      ? fail(nonsense(http, false))
      : ok({ kind: 'ready', value, asOf: session.login?.lastRefresh ?? null });
  }
}
