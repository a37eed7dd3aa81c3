import { Injectable } from '@nestjs/common';

import {
  AccountData,
  type BankDay,
  type DataNotReady,
  type DataPage,
  type DataRequest,
} from '../../credentials/account-data.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { CredentialRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { Clock } from '../../platform/time/clock.js';
import { BANK_DEADLINE_MS, operation } from './flinks.client.js';
import { toPage } from './flinks-account-data.transform.js';
import { FlinksDataCalls, type FlinksData } from './flinks-data.js';
import { isOver, type FlinksReading } from './flinks-data-cursor.js';
import type { DetailOptions, FlinksAccount } from './flinks-data.types.js';
import { FlinksStored, type Outcome } from './flinks-stored.js';
import { FlinksWire } from './flinks-wire.js';

type Detail = Result<FlinksData<readonly FlinksAccount[]>, ProviderFailure>;
type Read = Outcome<DataPage | DataNotReady>;

/** Days back that `Days90` surely covers, whatever day it is at the bank. */
const SHORT_DAYS = 85;
const DAY_MS = 86_400_000;

/** A cached `/Authorize` and the details of its session: what Flinks has stored, without a call to the bank. */
@Injectable()
export class FlinksAccountData extends AccountData {
  constructor(
    private readonly stored: FlinksStored,
    private readonly calls: FlinksDataCalls,
    private readonly wire: FlinksWire,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async read(ref: CredentialRef, { since, cursor }: DataRequest, call: CallContext): Read {
    return operation(
      call,
      async (inner) => this.stored.read(ref, cursor, inner, async (reading) => this.go(reading, since, inner)),
      BANK_DEADLINE_MS,
    );
  }

  private async go(
    reading: FlinksReading,
    since: BankDay | null,
    call: CallContext,
  ): Outcome<DataPage | DataNotReady | 'session_over'> {
    const detail = await this.ask(reading, since, call);
    if (!detail.ok) return detail;
    const { value: data } = detail;
    if (data.kind === 'pending') return this.stored.notReady({ ...reading, step: 'poll' });
    if (data.kind === 'ready') return ok(this.pageOf(data.value, data.asOf, reading.bare));
    if (data.word === 'SESSION_NONEXISTENT' && reading.step === 'poll') return ok('session_over');
    // It says that there are no transactions, and withholds the accounts.
    if (data.word === 'NO_TRANSACTION' && !reading.bare && !isOver(reading, this.clock.now())) {
      return this.go({ ...reading, step: 'start', bare: true }, since, call);
    }
    return fail(data.failure);
  }

  private async ask(
    { requestId, step, bare }: FlinksReading,
    since: BankDay | null,
    call: CallContext,
  ): Promise<Detail> {
    if (step === 'poll') return this.calls.accountsDetailAsync(requestId, call);
    const options: DetailOptions = bare
      ? { withTransactions: false }
      : { withTransactions: true, daysOfTransactions: this.daysFor(since) };
    return this.calls.accountsDetail(requestId, options, call);
  }

  private daysFor(since: BankDay | null): 'Days90' | 'Days365' {
    const from = since === null ? Number.NaN : Date.parse(`${since}T00:00:00Z`);
    return this.clock.now().getTime() - from <= SHORT_DAYS * DAY_MS ? 'Days90' : 'Days365';
  }

  private pageOf(accounts: readonly FlinksAccount[], asOf: Date | null, bare: boolean): DataPage {
    const { page, strange } = toPage(accounts, asOf, bare);
    for (const { kind, word } of strange) this.wire.reportUnknownWord(kind, word);
    return page;
  }
}
