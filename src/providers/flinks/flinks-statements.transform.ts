import type { StatementDocument, StatementSummary } from '../../credentials/account-data.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { GUID } from './flinks.bodies.js';
import type { FlinksAccount, FlinksAccountStatements, FlinksStatement } from './flinks-data.types.js';

/** Bytes of one document. */
const MAX_PDF_BYTES = 8 * 1024 * 1024;

/** A statement's id of ours: the account is in it, because a year of statements is given for one account only. */
interface StatementId {
  readonly accountId: string;
  readonly uniqueId: string;
}

/** @returns `undefined` for a text that this adapter did not write. */
export function statementIdOf(statement: SecretValue): StatementId | undefined {
  const [accountId = '', uniqueId = '', ...rest] = statement.reveal('to find the statement at Flinks').split(':');
  return GUID.test(accountId) && uniqueId !== '' && rest.length === 0 ? { accountId, uniqueId } : undefined;
}

export interface ListedStatements {
  readonly statements: readonly StatementSummary[];
  /** Statements of an account that cannot be told. */
  readonly unplaced: number;
}

/** Flinks names the account of a statement by its number alone, at times written in another way than in the summary. */
export function toSummaries(
  given: readonly FlinksAccountStatements[],
  accounts: readonly FlinksAccount[],
): ListedStatements {
  const found = new Map<string, StatementSummary>();
  let unplaced = 0;
  for (const { accountNumber, statements } of given) {
    const [account, ...others] = accounts.filter((each) => sameNumber(each.accountNumber, accountNumber));
    const pdfs = statements.filter(isPdf);
    if (!account || others.length > 0) {
      unplaced += pdfs.length;
      continue;
    }
    for (const { uniqueId } of pdfs) found.set(`${account.id}:${uniqueId}`, toSummary(account, uniqueId));
  }
  return { statements: [...found.values()], unplaced };
}

/** Flinks tells neither name nor month. */
function toSummary({ id, title }: FlinksAccount, uniqueId: string): StatementSummary {
  const accountId = id.toLowerCase();
  return {
    vendorId: new Opened(`${accountId}:${uniqueId}`),
    accountVendorId: new Opened(accountId),
    name: [title?.trim() ?? '', uniqueId.slice(0, 8)].filter((part) => part !== '').join(' '),
    day: null,
  };
}

function sameNumber(one: string | null, other: string | null): boolean {
  const digits = (number: string | null): string => (number ?? '').replace(/[\s-]/g, '');
  return digits(one) !== '' && digits(one) === digits(other);
}

function isPdf({ fileType }: FlinksStatement): boolean {
  return (fileType ?? 'PDF').toUpperCase() === 'PDF';
}

/** @returns `undefined` when there is no such statement, `null` when its bytes are no PDF or too many. */
export function toDocument(
  given: readonly FlinksAccountStatements[],
  wanted: string,
): StatementDocument | null | undefined {
  const statement = given.flatMap(({ statements }) => statements).find(({ uniqueId }) => uniqueId === wanted);
  if (!statement) return undefined;
  const { base64Bytes } = statement;
  if (base64Bytes.length > (MAX_PDF_BYTES / 3) * 4 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64Bytes)) return null;
  const pdf = Buffer.from(base64Bytes, 'base64');
  return pdf.subarray(0, 5).toString('latin1') === '%PDF-' ? { pdf: new Uint8Array(pdf) } : null;
}
