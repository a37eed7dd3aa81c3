import { Injectable } from '@nestjs/common';

import {
  AccountStatements,
  type DataNotReady,
  type StatementDocument,
  type StatementSummary,
} from '../../credentials/account-data.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { CredentialRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { BANK_DEADLINE_MS, operation } from './flinks.client.js';
import { flinksFailure } from './flinks.errors.js';
import { FlinksDataCalls, type FlinksData } from './flinks-data.js';
import type { FlinksReading } from './flinks-data-cursor.js';
import type { FlinksAccountStatements, StatementOptions } from './flinks-data.types.js';
import { statementIdOf, toDocument, toSummaries } from './flinks-statements.transform.js';
import { FlinksStored, type Outcome } from './flinks-stored.js';
import { FlinksWire } from './flinks-wire.js';

interface List {
  readonly kind: 'list';
  readonly statements: readonly StatementSummary[];
}
interface Document {
  readonly kind: 'document';
  readonly document: StatementDocument;
}
/** Statements that are there, or how the call ends without them. */
type Got =
  | { readonly kind: 'got'; readonly value: readonly FlinksAccountStatements[]; readonly reading: FlinksReading }
  | { readonly kind: 'ended'; readonly as: Result<DataNotReady | 'session_over', ProviderFailure> };

/** Statements come whole: Flinks has no list without the documents, so a document is fetched with its neighbours. */
@Injectable()
export class FlinksStatements extends AccountStatements {
  constructor(
    private readonly stored: FlinksStored,
    private readonly calls: FlinksDataCalls,
    private readonly wire: FlinksWire,
  ) {
    super();
  }

  /** Of the last three months, for all accounts. */
  override async list(ref: CredentialRef, cursor: SecretValue | null, call: CallContext): Outcome<List | DataNotReady> {
    return operation(
      call,
      async (inner) => this.stored.read(ref, cursor, inner, async (reading) => this.goList(reading, inner)),
      BANK_DEADLINE_MS,
    );
  }

  /** Of the last year. */
  override async document(
    ref: CredentialRef,
    statement: SecretValue,
    cursor: SecretValue | null,
    call: CallContext,
  ): Outcome<Document | DataNotReady> {
    const id = statementIdOf(statement);
    if (!id) return fail(flinksFailure('statement.not_found'));
    const options = { numberOfStatements: 'Months12', accountsFilter: [id.accountId] } as const;
    const go = async (
      reading: FlinksReading,
      inner: CallContext,
    ): Outcome<Document | DataNotReady | 'session_over'> => {
      const got = await this.get(reading, options, inner);
      if (got.kind === 'ended') return got.as;
      const document = toDocument(got.value, id.uniqueId);
      if (document === undefined) return fail(flinksFailure('statement.not_found'));
      return document ? ok({ kind: 'document', document }) : fail(flinksFailure('provider.bad_response'));
    };
    return operation(
      call,
      async (inner) => this.stored.read(ref, cursor, inner, async (reading) => go(reading, inner)),
      BANK_DEADLINE_MS,
    );
  }

  private async goList(reading: FlinksReading, call: CallContext): Outcome<List | DataNotReady | 'session_over'> {
    const got = await this.get(reading, { numberOfStatements: 'Months3' }, call);
    if (got.kind === 'ended') return got.as;
    const summary = await this.calls.accountsSummary(reading.requestId, call);
    if (!summary.ok) return summary;
    if (summary.value.kind === 'pending') return this.stored.notReady(got.reading);
    if (summary.value.kind === 'refused') return fail(summary.value.failure);
    const { statements, unplaced } = toSummaries(got.value, summary.value.value);
    if (unplaced > 0) this.wire.reportUnknownWord('statement account', 'UNPLACED');
    return ok({ kind: 'list', statements });
  }

  private async get(reading: FlinksReading, options: StatementOptions, call: CallContext): Promise<Got> {
    const { requestId, step } = reading;
    const answer: Result<FlinksData<readonly FlinksAccountStatements[]>, ProviderFailure> = step === 'poll'
      ? await this.calls.statementsAsync(requestId, call)
      : await this.calls.statements(requestId, options, call);
    const ended = (as: Result<DataNotReady | 'session_over', ProviderFailure>): Got => ({ kind: 'ended', as });
    if (!answer.ok) return ended(answer);
    const { value: data } = answer;
    if (data.kind === 'ready') return { kind: 'got', value: data.value, reading };
    if (data.kind === 'pending') return ended(this.stored.notReady({ ...reading, step: 'poll' }));
    if (data.word === 'SESSION_NONEXISTENT' && step === 'poll') return ended(ok('session_over'));
    // Not every instance and not every card has them.
    const none = data.word === 'METHOD_NOT_AVAILABLE';
    return ended(fail(none ? flinksFailure('capability_unsupported') : data.failure));
  }
}
