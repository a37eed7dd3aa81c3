import type { Shape } from '../../platform/http/json-shape.js';
import type {
  FlinksAccount,
  FlinksAccountStatements,
  FlinksHolder,
  FlinksStatement,
  FlinksTransaction,
} from './flinks-data.types.js';

/** Readers of the data endpoints, for `parsed`. */

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
    overdraftLimit: amount(body, 'OverdraftLimit'),
    balance: readBalance(body.optionalObject('Balance')),
    holder: holder ? readHolder(holder) : null,
    transactions: body.optionalList('Transactions', readTransaction),
  };
}

function readBalance(body: Shape | undefined): FlinksAccount['balance'] {
  const part = (key: string): number | null => (body ? amount(body, key) : null);
  return { available: part('Available'), current: part('Current'), limit: part('Limit') };
}

function readHolder(body: Shape): FlinksHolder {
  return {
    name: body.optionalText('Name'),
    email: body.optionalText('Email'),
    phoneNumber: body.optionalText('PhoneNumber'),
  };
}

function readTransaction(body: Shape): FlinksTransaction {
  return {
    id: body.optionalText('Id'),
    date: body.optionalText('Date'),
    description: body.optionalText('Description'),
    debit: amount(body, 'Debit'),
    credit: amount(body, 'Credit'),
    balance: amount(body, 'Balance'),
  };
}

function amount(body: Shape, key: string): number | null {
  return body.optionalNumeric(key) ?? null;
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
