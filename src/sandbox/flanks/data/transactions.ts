import { hex } from '../../simulator/deterministic.js';
import type { Credential } from '../machine/credential.js';
import { type Movement, bankLogin, idsOf, movements } from './bank-login.js';
import { type Item, accounts, cardMovements, cards, investments, liabilities } from './products.js';

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

/** One purchase of each paper, on the day when the history begins. */
export function investmentTransactions(credential: Credential): readonly Item[] {
  const { custody, day } = bankLogin(credential);
  const opening = movements(custody, day, credential.createdAt).slice(-1);
  return investments(credential).flatMap((paper) =>
    opening.map((movement) => ({
      ...transactionOf(credential, 'investment_id', paper, { ...movement, amount: -Number(paper['balance']) }),
      description: `Compra ${String(paper['name'])}`,
      isin: paper['isin'],
      units: paper['amount'],
    })),
  );
}

/** One instalment a month. */
export function liabilityTransactions(credential: Credential): readonly Item[] {
  const { loan, day } = bankLogin(credential);
  const due = movements(loan, day, credential.createdAt).filter(({ date }) => date.endsWith('-05'));
  return liabilities(credential).flatMap((liability) =>
    due.map((movement) => ({
      ...transactionOf(credential, 'liability_id', liability, { ...movement, amount: -512.3 }),
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
