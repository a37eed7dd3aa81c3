import type { Shape } from '../../platform/http/json-shape.js';
import type {
  FlinksAccount,
  FlinksAccountStatements,
  FlinksHolder,
  FlinksStatement,
  FlinksTransaction,
} from './flinks-data.types.js';

/** Readers of the data endpoints, for `parsed`; they take exact JSON, because of the amounts. */

export function readAccounts(body: Shape): readonly FlinksAccount[] {
  return body.list('Accounts', readAccount);
}

function readAccount(body: Shape): FlinksAccount {
  const holder = body.optionalObject('Holder');
  return {
    id: body.text('Id'),
    title: body.optionalText('Title'),
    accountNumber: body.optionalText('AccountNumber'),
    transitNumber: body.optionalText('TransitNumber'),
    institutionNumber: body.optionalText('InstitutionNumber'),
    category: body.optionalText('Category'),
    type: body.optionalText('Type'),
    accountType: body.optionalText('AccountType'),
    currency: body.optionalText('Currency'),
    overdraftLimit: body.optionalDecimal('OverdraftLimit'),
    balance: readBalance(body.optionalObject('Balance')),
    holder: holder ? readHolder(holder) : null,
    ...readTransactions(body),
  };
}

function readBalance(body: Shape | undefined): FlinksAccount['balance'] {
  const part = (key: string): string | null => body?.optionalDecimal(key) ?? null;
  return { available: part('Available'), current: part('Current'), limit: part('Limit') };
}

function readHolder(body: Shape): FlinksHolder {
  return {
    name: body.optionalText('Name'),
    email: body.optionalText('Email'),
    phoneNumber: body.optionalText('PhoneNumber'),
  };
}

/** One odd transaction must not hide an account; the reading says how many there are. */
function readTransactions(
  body: Shape,
): Pick<FlinksAccount, 'transactions' | 'transactionsGiven' | 'transactionsUnreadable'> {
  return (
    body.attempt((account) => {
      const transactions = account.usableItems('Transactions', readTransaction);
      const transactionsUnreadable = account.length('Transactions') - transactions.length;
      return { transactions, transactionsGiven: true, transactionsUnreadable };
    }) ?? { transactions: [], transactionsGiven: false, transactionsUnreadable: 0 }
  );
}

function readTransaction(body: Shape): FlinksTransaction {
  return {
    id: body.optionalText('Id'),
    date: body.optionalText('Date'),
    description: body.optionalText('Description'),
    debit: body.optionalDecimal('Debit'),
    credit: body.optionalDecimal('Credit'),
    balance: body.optionalDecimal('Balance'),
  };
}

export function readStatements(body: Shape): readonly FlinksAccountStatements[] {
  return body.list('StatementsByAccount', (account) => ({
    accountNumber: account.optionalText('AccountNumber'),
    statements: account.optionalList('Statements', readStatement),
  }));
}

function readStatement(body: Shape): FlinksStatement {
  return {
    uniqueId: body.text('UniqueId'),
    fileType: body.optionalText('FileType'),
    base64Bytes: body.text('Base64Bytes'),
  };
}
