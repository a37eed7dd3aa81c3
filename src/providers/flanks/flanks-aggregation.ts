import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { parsedItems, type Shape } from '../../platform/http/json-shape.js';
import { bodyExactJson } from '../../platform/http/outgoing-outcome.js';
import { FlanksClient, OPERATION_DEADLINE_MS } from './flanks.client.js';
import { nonsense } from './flanks.errors.js';
import {
  readAccount,
  readCard,
  readHolder,
  readInvestment,
  readLiability,
  readPortfolio,
  readTransaction,
} from './flanks-data.bodies.js';
import type { FlanksGroup, FlanksTransaction, MovingGroup } from './flanks-data.types.js';
import { FlanksWire } from './flanks-wire.js';

const PRODUCT_PATHS = {
  account: { path: '/v0/bank/credentials/account', read: readAccount },
  card: { path: '/v0/bank/credentials/card', read: readCard },
  liability: { path: '/v0/bank/credentials/liability', read: readLiability },
  portfolio: { path: '/v0/bank/credentials/portfolio', read: readPortfolio },
  investment: { path: '/v0/bank/credentials/investment', read: readInvestment },
  holders: { path: '/v0/bank/credentials/holder', read: readHolder },
} as const;

export type ProductGroup = keyof typeof PRODUCT_PATHS;
export type ProductOf<G extends ProductGroup> = ReturnType<(typeof PRODUCT_PATHS)[G]['read']>;

const TRANSACTION_PATHS: Readonly<Record<MovingGroup, string>> = {
  // The oldest of them, hence its odd name.
  account: '/v0/bank/credentials/data',
  card: '/v0/bank/credentials/card/transaction',
  liability: '/v0/bank/credentials/liability/transaction',
};

/**
 * The aggregation API, version 1: what Flanks last fetched, one call for each group, never in pages. Its lists may be
 * long, so a call has all the time that its operation has.
 */
@Injectable()
export class FlanksAggregation {
  constructor(
    private readonly client: FlanksClient,
    private readonly wire: FlanksWire,
  ) {}

  async products<G extends ProductGroup>(
    group: G,
    credentialsToken: string,
    call: CallContext,
  ): Promise<Result<FlanksGroup<ProductOf<G>>, ProviderFailure>> {
    const { path, read } = PRODUCT_PATHS[group];
    return this.list(path, credentialsToken, read as (item: Shape) => ProductOf<G>, call);
  }

  async transactions(
    group: MovingGroup,
    credentialsToken: string,
    call: CallContext,
  ): Promise<Result<FlanksGroup<FlanksTransaction>, ProviderFailure>> {
    return this.list(TRANSACTION_PATHS[group], credentialsToken, readTransaction(group), call);
  }

  private async list<T>(
    path: string,
    credentialsToken: string,
    read: (item: Shape) => T,
    call: CallContext,
  ): Promise<Result<FlanksGroup<T>, ProviderFailure>> {
    const body = { credentials_token: credentialsToken, query: {} };
    const asked = await this.client.ask(
      { method: 'POST', path, body, retry: 'safe', changes: false, deadlineMs: OPERATION_DEADLINE_MS },
      ['processing', 'incomplete'],
      call,
    );
    if (!asked.ok) return asked;
    const { answer, trouble } = asked.value;
    if (trouble !== null) return ok({ kind: trouble === 'processing' ? 'loading' : 'failed' });
    const json = bodyExactJson(answer);
    const items = parsedItems(json, read);
    if (items === undefined) return fail(nonsense(answer, false));
    const unreadable = Array.isArray(json) ? json.length - items.length : 0;
    if (unreadable > 0) this.wire.reportUnknownWord('unusable item', path);
    return ok({ kind: 'items', items, unreadable });
  }
}
