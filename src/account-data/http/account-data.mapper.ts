import { Injectable } from '@nestjs/common';

import type { Sealed } from '../../platform/crypto/sealed.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import type { AccountEntity } from '../persistence/account.entity.js';
import type { HoldingEntity } from '../persistence/holding.entity.js';
import { moneyOf } from '../persistence/known-data.repository.js';
import type { TransactionEntity } from '../persistence/transaction.entity.js';
import type { AgedPage } from '../read-account-data.js';
import type { AccountResponse, AgedPageResponse, HoldingResponse, TransactionResponse } from './account-data.dto.js';

/** From rows to answers. Here IBANs and numbers are opened, for callers who may read accounts. */
@Injectable()
export class AccountDataMapper {
  constructor(private readonly sealer: Sealer) {}

  toAccount(row: AccountEntity): AccountResponse {
    const { id, kind, name, holderName, currency, balances, asOf, closedAt } = row;
    return {
      id,
      kind,
      name,
      holderName,
      currency,
      iban: this.opened(id, 'iban_sealed', row.ibanSealed),
      number: this.opened(id, 'number_sealed', row.numberSealed),
      balances: balances.map((balance) => ({ kind: balance.kind, amount: balance.amount, currency: balance.currency })),
      asOf: asOf?.toISOString() ?? null,
      closedAt: closedAt?.toISOString() ?? null,
    };
  }

  private opened(row: string, field: string, sealed: Sealed | null): string | null {
    if (sealed === null) return null;
    const reason = 'to show it to a caller who may read accounts';
    return this.sealer.open(sealed, { table: 'accounts', row, field }, reason).reveal(reason);
  }
}

export function toTransaction(row: TransactionEntity): TransactionResponse {
  const { id, accountId, status, amount, currency, day, valueDay, description, counterparty, balanceAfter } = row;
  const firstSeenAt = row.firstSeenAt.toISOString();
  return {
    ...{ id, accountId, status, amount, currency, day, valueDay, description, counterparty, balanceAfter, firstSeenAt },
  };
}

export function toHolding(row: HoldingEntity): HoldingResponse {
  const { id, accountId, name, isin, quantity } = row;
  return {
    ...{ id, accountId, name, isin, quantity },
    price: moneyOf(row.priceAmount, row.priceCurrency),
    marketValue: moneyOf(row.valueAmount, row.valueCurrency),
    costBasis: moneyOf(row.costAmount, row.costCurrency),
    asOf: row.asOf?.toISOString() ?? null,
  };
}

export function toPageResponse<Row, Item>(
  { data, nextCursor, age }: AgedPage<Row>,
  map: (row: Row) => Item,
): AgedPageResponse & { data: Item[] } {
  return {
    data: data.map(map),
    nextCursor,
    asOf: age.asOf?.toISOString() ?? null,
    loadedAt: age.loadedAt?.toISOString() ?? null,
    degradedGroups: [...age.degradedGroups],
  };
}
