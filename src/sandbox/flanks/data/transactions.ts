import { hex } from '../../simulator/deterministic.js';
import type { Credential } from '../machine/credential.js';
import { type Movement, bankLogin, idsOf, movements, total } from './bank-login.js';
import {
  type Item,
  INSTALMENT,
  SAVED_UNITS,
  accounts,
  cardMovements,
  cards,
  instalments,
  investments,
  liabilities,
  savingDays,
} from './products.js';

export function accountTransactions(credential: Credential): readonly Item[] {
  const { ibans, day } = bankLogin(credential);
  return accounts(credential).flatMap((account, n) => {
    const moved = movements(ibans[n] ?? '', day, credential.createdAt);
    let balance = Math.round(Number(account['balance']) * 100);
    return moved.map((movement) => {
      const after = balance / 100;
      balance -= Math.round(movement.amount * 100);
      return { ...transactionOf(credential, 'account_id', account, movement), balance: after };
    });
  });
}

export function cardTransactions(credential: Credential): readonly Item[] {
  const moved = cardMovements(credential, bankLogin(credential));
  return cards(credential).flatMap((card) =>
    moved.map((movement) => ({
      ...transactionOf(credential, 'card_id', card, movement),
      cardNumber: card['pan'],
    })),
  );
}

/** One purchase of each paper on the day when the history begins, and the units of the fund that are bought every month. */
export function investmentTransactions(credential: Credential): readonly Item[] {
  const login = bankLogin(credential);
  const opening = movements(login.custody, login.day, credential.createdAt).slice(-1);
  const saved = savingDays(credential, login);
  return investments(credential).flatMap((paper) => {
    const monthly = paper['type'] === 'F' ? saved : [];
    const price = Number(paper['balance']) / Number(paper['amount']);
    const first = Number(paper['amount']) - monthly.length * SAVED_UNITS;
    return [
      ...monthly.map((movement) => ({ movement, units: SAVED_UNITS })),
      ...opening.map((movement) => ({ movement, units: first })),
    ].map(({ movement, units }) => ({
      ...transactionOf(credential, 'investment_id', paper, { ...movement, amount: -total([units * price]) }),
      description: `Compra ${String(paper['name'])}`,
      isin: paper['isin'],
      units,
    }));
  });
}

export function liabilityTransactions(credential: Credential): readonly Item[] {
  const due = instalments(credential, bankLogin(credential));
  return liabilities(credential).flatMap((liability) =>
    due.map((movement) => ({
      ...transactionOf(credential, 'liability_id', liability, { ...movement, amount: -INSTALMENT }),
      description: 'Cuota prestamo',
    })),
  );
}

function transactionOf(credential: Credential, key: string, product: Item, { date, amount, text }: Movement): Item {
  return {
    _id: hex(`${idsOf(credential, date)._id}:${String(product['_id'])}`),
    [key]: product['_id'],
    amount,
    entity: product['entity'],
    cardNumber: null,
    category: null,
    currency: 'EUR',
    operationDate: date,
    valueDate: date,
    description: text,
    productDescription: product['name'] ?? product['alias'] ?? null,
    transfer: { beneficiary: null, ibanBeneficiary: null, payer: null, ibanPayer: null },
  };
}
