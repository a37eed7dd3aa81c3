/** Accounts, transactions and statements in Flinks' shapes. Nearly every member may be null. Amounts are exact decimals. */

export interface FlinksBalance {
  /** Authorised and posted. */
  readonly available: string | null;
  /** Posted only. */
  readonly current: string | null;
  readonly limit: string | null;
}

export interface FlinksTransaction {
  readonly id: string | null;
  /** The bank's day, `YYYY-MM-DD`. */
  readonly date: string | null;
  readonly description: string | null;
  /** Usually one of the two is null; the documentation has a sample where neither is. */
  readonly debit: string | null;
  readonly credit: string | null;
  readonly balance: string | null;
}

export interface FlinksHolder {
  readonly name: string | null;
  readonly email: string | null;
  readonly phoneNumber: string | null;
}

export interface FlinksAccount {
  readonly id: string;
  readonly title: string | null;
  /** Masked for credit cards. */
  readonly accountNumber: string | null;
  /** Texts: they have leading zeros. */
  readonly transitNumber: string | null;
  readonly institutionNumber: string | null;
  readonly category: string | null;
  readonly type: string | null;
  readonly accountType: string | null;
  readonly currency: string | null;
  readonly overdraftLimit: string | null;
  readonly balance: FlinksBalance;
  readonly holder: FlinksHolder | null;
  /** Empty in a summary. */
  readonly transactions: readonly FlinksTransaction[];
  /** False = the list is null or missing. */
  readonly transactionsGiven: boolean;
  /** Entries of the list that cannot be read. */
  readonly transactionsUnreadable: number;
}

export interface FlinksStatement {
  readonly uniqueId: string;
  readonly fileType: string | null;
  readonly base64Bytes: string;
}

export interface FlinksAccountStatements {
  readonly accountNumber: string | null;
  readonly statements: readonly FlinksStatement[];
}

export interface DetailOptions {
  readonly withAccountIdentity?: boolean;
  readonly withKyc?: boolean;
  readonly withTransactions?: boolean;
  readonly daysOfTransactions?: 'Days90' | 'Days365';
  readonly accountsFilter?: readonly string[];
}

export interface StatementOptions {
  /** `Months12` needs exactly one account in `accountsFilter`. */
  readonly numberOfStatements?: 'MostRecent' | 'Months3' | 'Months12';
  readonly accountsFilter?: readonly string[];
}
