import type { BankAccount, BankTransaction } from '../data/bank-data.js';
import { monthsBefore, statementId, statementPdf } from '../data/statement-pdf.js';
import type { DataQuery } from '../machine/session.js';

type Json = Readonly<Record<string, unknown>>;

const TRANSIT = '77777';
const INSTITUTION_NUMBER = '777';
const DAY_MS = 86_400_000;

export function detailView(account: BankAccount, query: DataQuery, asOf: number): Json {
  const { identity, kyc, transactions, balance, days } = query;
  const from = new Date(asOf - days * DAY_MS).toISOString().slice(0, 10);
  const shown = transactions ? account.transactions.filter(({ date }) => date >= from) : [];
  return {
    Transactions: shown.map(transactionView),
    TransitNumber: identity ? TRANSIT : null,
    InstitutionNumber: identity ? INSTITUTION_NUMBER : null,
    OverdraftLimit: 0,
    Title: account.title,
    AccountNumber: identity ? account.number : null,
    LastFourDigits: account.masked ? account.number.slice(-4) : null,
    Balance: balanceView(account, balance),
    Category: account.category,
    ...(account.type !== null && { Type: account.type }),
    Currency: account.currency,
    Holder: kyc ? account.holder : null,
    AccountType: account.accountType,
    Id: account.id,
  };
}

export function summaryView(account: BankAccount, { identity, balance }: DataQuery): Json {
  const operations = account.category === 'Operations' ? 1 : 0;
  return {
    EftEligibleRatio: operations,
    ETransferEligibleRatio: operations,
    ...(identity && { TransitNumber: TRANSIT, InstitutionNumber: INSTITUTION_NUMBER, OverdraftLimit: 0 }),
    Title: account.title,
    AccountNumber: account.number,
    LastFourDigits: account.masked ? account.number.slice(-4) : null,
    Balance: balanceView(account, balance),
    Category: account.category,
    ...(identity && account.type !== null && { Type: account.type }),
    Currency: account.currency,
    Holder: account.holder,
    AccountType: account.accountType,
    Id: account.id,
  };
}

/** Accounts that are no daily ones have no statements. */
export function statementsView({ id, number, category, title }: BankAccount, count: number, asOf: number): Json {
  const months = category === 'Operations' ? monthsBefore(asOf, count) : [];
  return {
    AccountNumber: number,
    Statements: months.map((month) => ({
      UniqueId: statementId(id, month),
      FileType: 'PDF',
      Base64Bytes: statementPdf(`${title} ${number} ${month}`).toString('base64'),
    })),
  };
}

function transactionView({ id, date, description, amount, balance }: BankTransaction): Json {
  return {
    ...{ Date: date, Code: null, Description: description },
    Debit: amount < 0 ? -amount / 100 : null,
    Credit: amount > 0 ? amount / 100 : null,
    Balance: balance / 100,
    Id: id,
  };
}

/** The test institution fills the current balance only. */
function balanceView({ balance }: BankAccount, shown: boolean): Json {
  return { Available: null, Current: shown ? balance / 100 : null, Limit: null };
}
