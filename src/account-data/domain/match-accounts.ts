import type { IncomingAccount, KnownAccount } from './account.js';
import { normalised } from './text.js';

export interface AccountMatch {
  readonly known: KnownAccount;
  readonly incoming: IncomingAccount;
  /** The vendor gave it a new id: its transactions may have new ids too. */
  readonly reidentified: boolean;
}

export interface NewAccount {
  readonly incoming: IncomingAccount;
  /** Our accounts that it may be, too alike to choose: a person must say. Mostly empty. */
  readonly candidates: readonly string[];
}

export interface AccountMatching {
  readonly matches: readonly AccountMatch[];
  readonly added: readonly NewAccount[];
  /** Known ones that the reading does not have. */
  readonly vanished: readonly KnownAccount[];
}

type Key = string | null;
/** A rule by which accounts are the same. `certain` = false: alike, but never enough to decide. */
interface Rule {
  readonly key: (account: KnownAccount | IncomingAccount) => Key;
  readonly certain: boolean;
}

const nameOf = ({ name }: { readonly name: string | null }): string => normalised(name ?? '');

/** Strongest first. Accounts in several currencies may share one IBAN or number. */
const RULES: readonly Rule[] = [
  { certain: true, key: ({ ibanLookup, currency }) => ibanLookup && `${ibanLookup} ${currency}` },
  {
    certain: true,
    key: ({ numberLookup, numberMasked, currency }) =>
      numberLookup && !numberMasked ? `${numberLookup} ${currency}` : null,
  },
  {
    certain: true,
    key: (account) =>
      account.numberLookup && account.numberMasked
        ? `${account.numberLookup} ${account.currency} ${nameOf(account)}`
        : null,
  },
  {
    certain: false,
    key: (account) =>
      account.ibanLookup || account.numberLookup ? null : `${account.kind} ${account.currency} ${nameOf(account)}`,
  },
];

/**
 * Finds our accounts in a reading: by the vendor's id, and after a renewal that made new ids by what the bank calls
 * them. Nothing is guessed: what fits several becomes a new account with a question.
 */
export function matchAccounts(known: readonly KnownAccount[], incoming: readonly IncomingAccount[]): AccountMatching {
  const matches: AccountMatch[] = [];
  const added: NewAccount[] = [];
  const byVendor = new Map(known.map((account) => [account.vendorLookup, account]));
  let open: IncomingAccount[] = [];
  for (const account of incoming) {
    const same = byVendor.get(account.vendorLookup);
    if (same) matches.push({ known: same, incoming: account, reidentified: false });
    else open.push(account);
  }
  const taken = new Set(matches.map((match) => match.known.id));
  for (const rule of RULES) {
    const left: IncomingAccount[] = [];
    for (const group of groups(
      known.filter(({ id }) => !taken.has(id)),
      open,
      rule,
    )) {
      const { pairs, unclear, unknown } = settleGroup(group, rule);
      for (const pair of pairs) taken.add(pair.known.id);
      matches.push(...pairs);
      added.push(...unclear);
      left.push(...unknown);
    }
    open = left;
  }
  added.push(...open.map((account) => ({ incoming: account, candidates: [] })));
  return { matches, added, vanished: known.filter(({ id }) => !taken.has(id)) };
}

interface Group {
  readonly known: readonly KnownAccount[];
  readonly incoming: readonly IncomingAccount[];
}

function groups(known: readonly KnownAccount[], incoming: readonly IncomingAccount[], { key }: Rule): Group[] {
  const byKey = Map.groupBy(known, key);
  return [...Map.groupBy(incoming, key)].map(([shared, members]) => ({
    known: shared === null ? [] : (byKey.get(shared) ?? []),
    incoming: members,
  }));
}

interface Settled {
  readonly pairs: readonly AccountMatch[];
  readonly unclear: readonly NewAccount[];
  readonly unknown: readonly IncomingAccount[];
}

/** One on each side, or one of each name on each side, are the same account. The rest is not guessed. */
function settleGroup(group: Group, { certain }: Rule): Settled {
  const pairs = certain ? pairsOf(group) : [];
  const paired = new Set<KnownAccount | IncomingAccount>(pairs.flatMap(({ known, incoming }) => [known, incoming]));
  const settled = { pairs, unclear: [] as NewAccount[], unknown: [] as IncomingAccount[] };
  for (const incoming of group.incoming.filter((account) => !paired.has(account))) {
    const candidates = group.known.filter((known) => !paired.has(known) && fits(known, incoming)).map(({ id }) => id);
    if (candidates.length === 0) settled.unknown.push(incoming);
    else settled.unclear.push({ incoming, candidates });
  }
  return settled;
}

function pairsOf({ known, incoming }: Group): AccountMatch[] {
  const only = pairOf(known, incoming);
  if (only) return [only];
  const namesakes = Map.groupBy(known, nameOf);
  return [...Map.groupBy(incoming, nameOf)].flatMap(([name, members]) => {
    const pair = pairOf(namesakes.get(name) ?? [], members);
    return pair ? [pair] : [];
  });
}

function pairOf(known: readonly KnownAccount[], incoming: readonly IncomingAccount[]): AccountMatch | null {
  const [ours] = known;
  const [theirs] = incoming;
  const isOne = known.length === 1 && incoming.length === 1;
  return isOne && ours && theirs && fits(ours, theirs) ? { known: ours, incoming: theirs, reidentified: true } : null;
}

/** Two different IBANs are two accounts, whatever else agrees. */
function fits(known: KnownAccount, incoming: IncomingAccount): boolean {
  return known.ibanLookup === null || incoming.ibanLookup === null || known.ibanLookup === incoming.ibanLookup;
}
