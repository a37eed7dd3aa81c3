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
import type { SecretValue } from '../../credentials/secret-value.js';
import { Clock } from '../../platform/time/clock.js';
import { operation } from './flanks.client.js';
import { flanksFailure } from './flanks.errors.js';
import type { FlanksStatus } from './flanks.types.js';
import { FlanksAggregation } from './flanks-aggregation.js';
import { toTransactions } from './flanks-data.transform.js';
import { AT_START, cursorOf, placeIn, type DataPlace } from './flanks-data-cursor.js';
import { FlanksProductReader } from './flanks-product-reader.js';
import { FlanksStatuses } from './flanks-statuses.js';

type Outcome = Promise<Result<DataPage | DataNotReady, ProviderFailure>>;

/** Flanks says nothing about how long a first load takes. */
const ASK_AGAIN_MS = 30_000;

/** All products on the first page, then a page of transactions for each group of products that has any. */
@Injectable()
export class FlanksAccountData extends AccountData {
  constructor(
    private readonly statuses: FlanksStatuses,
    private readonly products: FlanksProductReader,
    private readonly aggregation: FlanksAggregation,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async read(ref: CredentialRef, { since, cursor }: DataRequest, call: CallContext): Outcome {
    const credentialsToken = ref.credentialId.reveal('to read its data at Flanks');
    const place = placeIn(cursor);
    if (place === undefined) return fail(flanksFailure('credential.invalid_input'));
    return operation(call, async (inner) =>
      place === 'start'
        ? this.firstPage(credentialsToken, inner)
        : this.transactionPage(credentialsToken, place, since, inner),
    );
  }

  private async firstPage(credentialsToken: string, call: CallContext): Outcome {
    const status = await this.statuses.read(credentialsToken, call);
    if (!status.ok) return status;
    const stopped = needsUser(status.value);
    if (status.value.pending && !stopped) return ok(this.notReady(AT_START));
    const read = await this.products.read(credentialsToken, status.value, call);
    if (!read.ok) return read;
    const { accounts, holdings, missing, steps, loading } = read.value;
    if (loading && !stopped) return ok(this.notReady(AT_START));
    const asOf = status.value.lastUpdate ?? null;
    const next = steps.length > 0 ? cursorOf({ steps, asOf, stopped }) : null;
    return ok({ kind: 'page', accounts, transactions: [], holdings, missing, unreadable: 0, dataAsOf: asOf, next });
  }

  private async transactionPage(
    credentialsToken: string,
    place: DataPlace,
    since: BankDay | null,
    call: CallContext,
  ): Outcome {
    const [step, ...steps] = place.steps;
    const group = step && (await this.aggregation.transactions(step.group, credentialsToken, call));
    if (group && !group.ok) return group;
    const data = group?.value ?? { kind: 'failed' };
    if (data.kind === 'loading' && !place.stopped) return ok(this.notReady(cursorOf(place)));
    const known = new Set(step?.productIds);
    // The query's operators for dates are not documented, so Flanks always gives all.
    const wanted = (data.kind === 'items' ? data.items : []).filter(
      ({ productId, operationDay }) => known.has(productId) && (since === null || operationDay >= since),
    );
    return ok({
      kind: 'page',
      accounts: [],
      transactions: toTransactions(wanted),
      holdings: [],
      missing: data.kind === 'items' ? [] : ['transactions'],
      unreadable: data.kind === 'items' ? data.unreadable : 0,
      dataAsOf: place.asOf,
      next: steps.length > 0 ? cursorOf({ ...place, steps }) : null,
    });
  }

  private notReady(cursor: SecretValue): DataNotReady {
    return { kind: 'not_ready', retryAt: new Date(this.clock.now().getTime() + ASK_AGAIN_MS), cursor };
  }
}

/** Flanks loads nothing before its user has come; what it had stays readable. */
function needsUser({ blocked, scaToken }: FlanksStatus): boolean {
  return blocked || scaToken !== null;
}
