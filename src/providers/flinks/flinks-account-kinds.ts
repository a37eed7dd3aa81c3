import type { AccountKind } from '../../credentials/account-data.js';
import type { FlinksAccount } from './flinks-data.types.js';

/** Flinks documents no list of types: these are the ones that were seen or named. Letters only, in lower case. */
const TYPES: ReadonlyMap<string, AccountKind> = new Map(
  Object.entries({
    chequing: 'checking',
    checking: 'checking',
    savings: 'savings',
    creditcard: 'credit_card',
    lineofcredit: 'loan',
    loan: 'loan',
    mortgage: 'mortgage',
    investment: 'investment',
    rrsp: 'pension',
  } as const),
);

/** `Credits` is all that is owed; only cards have masked numbers. */
const CATEGORIES: ReadonlyMap<string, AccountKind> = new Map(
  Object.entries({
    operations: 'checking',
    credits: 'loan',
    products: 'investment',
    other: 'other',
  } as const),
);

export interface KindOfAccount {
  readonly kind: AccountKind;
  /** A type or category that is not in the tables. */
  readonly unknownWord: string | null;
}

/** The type decides, then the category; many accounts have no type. */
export function kindOf({
  type,
  category,
  accountNumber,
}: Pick<FlinksAccount, 'type' | 'category' | 'accountNumber'>): KindOfAccount {
  const byType = TYPES.get(plain(type));
  if (byType !== undefined) return { kind: byType, unknownWord: null };
  const byCategory = CATEGORIES.get(plain(category));
  const kind = byCategory === 'loan' && (accountNumber ?? '').includes('*') ? 'credit_card' : (byCategory ?? 'other');
  const strange = (type ?? '') === '' && byCategory === undefined ? category : type;
  return { kind, unknownWord: strange === '' ? null : strange };
}

function plain(word: string | null): string {
  return (word ?? '').toLowerCase().replace(/[^a-z]/g, '');
}
