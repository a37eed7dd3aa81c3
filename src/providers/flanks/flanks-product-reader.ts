import { Injectable } from '@nestjs/common';

import type { DataPage, ProviderAccount, ProviderHolding } from '../../credentials/account-data.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { ok, type Result } from '../../credentials/result.js';
import type { FlanksStatus } from './flanks.types.js';
import { FlanksAggregation, type ProductGroup, type ProductOf } from './flanks-aggregation.js';
import { strayPositions, toAccounts, toHoldings, type FlanksProducts } from './flanks-data.transform.js';
import type { TransactionStep } from './flanks-data-cursor.js';
import { MOVING_GROUPS, type FlanksGroup, type MovingGroup } from './flanks-data.types.js';

type Missing = DataPage['missing'][number];
type Groups = { readonly [G in ProductGroup]: FlanksGroup<ProductOf<G>> };

export interface ReadProducts {
  readonly accounts: readonly ProviderAccount[];
  readonly holdings: readonly ProviderHolding[];
  readonly missing: readonly Missing[];
  /** Transactions that can be read now. */
  readonly steps: readonly TransactionStep[];
  /** A group that is needed is not there yet. */
  readonly loading: boolean;
}

/** Groups without which the list of accounts is not whole. */
const ACCOUNT_GROUPS = ['account', 'card', 'liability', 'portfolio', 'investment'] as const;

/** All products of a credential, a call for each group that did not fail. */
@Injectable()
export class FlanksProductReader {
  constructor(private readonly aggregation: FlanksAggregation) {}

  async read(
    credentialsToken: string,
    status: FlanksStatus,
    call: CallContext,
  ): Promise<Result<ReadProducts, ProviderFailure>> {
    const failed = new Set(status.failedGroups);
    const groups = await this.groups(credentialsToken, failed, call);
    if (!groups.ok) return groups;
    const products = productsIn(groups.value);
    const steps = stepsOf(groups.value, failed);
    const reading = { asOf: status.lastUpdate ?? null };
    return ok({
      accounts: toAccounts(products, reading),
      holdings: toHoldings(products, reading),
      missing: missingIn(groups.value, steps.missing),
      steps: steps.steps,
      loading: ACCOUNT_GROUPS.some((name) => groups.value[name].kind === 'loading'),
    });
  }

  private async groups(
    credentialsToken: string,
    failed: ReadonlySet<string>,
    call: CallContext,
  ): Promise<Result<Groups, ProviderFailure>> {
    const read = async <G extends ProductGroup>(
      group: G,
    ): Promise<Result<FlanksGroup<ProductOf<G>>, ProviderFailure>> =>
      failed.has(`product.${group}`)
        ? ok({ kind: 'failed' })
        : this.aggregation.products(group, credentialsToken, call);
    const [account, card, liability, portfolio, investment, holders] = await Promise.all([
      read('account'),
      read('card'),
      read('liability'),
      read('portfolio'),
      read('investment'),
      read('holders'),
    ]);
    if (!account.ok) return account;
    if (!card.ok) return card;
    if (!liability.ok) return liability;
    if (!portfolio.ok) return portfolio;
    if (!investment.ok) return investment;
    if (!holders.ok) return holders;
    return ok({
      account: account.value,
      card: card.value,
      liability: liability.value,
      portfolio: portfolio.value,
      investment: investment.value,
      holders: holders.value,
    });
  }
}

function productsIn(groups: Groups): FlanksProducts {
  return {
    accounts: itemsOf(groups.account),
    cards: itemsOf(groups.card),
    liabilities: itemsOf(groups.liability),
    portfolios: itemsOf(groups.portfolio),
    investments: itemsOf(groups.investment),
    holders: itemsOf(groups.holders),
  };
}

/** No transactions without their account, and none are asked for where there is no product. */
function stepsOf(
  groups: Groups,
  failed: ReadonlySet<string>,
): { readonly steps: readonly TransactionStep[]; readonly missing: boolean } {
  const idsOf = (group: MovingGroup): readonly string[] =>
    itemsOf<{ readonly id: string }>(groups[group]).map(({ id }) => id);
  const isThere = (group: MovingGroup): boolean =>
    groups[group].kind === 'items' && !failed.has(`transaction.${group}`);
  const steps = MOVING_GROUPS.filter(isThere).map((group) => ({ group, productIds: idsOf(group) }));
  return {
    steps: steps.filter(({ productIds }) => productIds.length > 0),
    missing: steps.length < MOVING_GROUPS.length,
  };
}

function missingIn(groups: Groups, transactions: boolean): readonly Missing[] {
  const missing: readonly (readonly [Missing, boolean])[] = [
    ['accounts', !isWhole(groups, ACCOUNT_GROUPS)],
    ['transactions', transactions],
    ['holdings', !isWhole(groups, ['portfolio', 'investment']) || strayPositions(productsIn(groups)) > 0],
  ];
  return missing.filter(([, isMissing]) => isMissing).map(([name]) => name);
}

function isWhole(groups: Groups, names: readonly ProductGroup[]): boolean {
  return names.every((name) => {
    const group = groups[name];
    return group.kind === 'items' && group.unreadable === 0;
  });
}

function itemsOf<T>(group: FlanksGroup<T>): readonly T[] {
  return group.kind === 'items' ? group.items : [];
}
