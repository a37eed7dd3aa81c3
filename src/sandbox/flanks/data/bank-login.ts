import { digits, hex, ibanOf, number32 } from '../../simulator/deterministic.js';
import { bankOf } from '../bank/banks.js';
import type { Credential } from '../machine/credential.js';

export interface Movement {
  readonly number: number;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Signed. */
  readonly amount: number;
  readonly text: string;
}

/** What the bank itself knows of a login. It depends on bank and username only, so that a new connection shows the same. */
export interface BankLogin {
  readonly holder: string;
  readonly bankName: string;
  readonly ibans: readonly [string, string];
  readonly custody: string;
  readonly pan: string;
  readonly loan: string;
  /** The day up to which it was read, YYYY-MM-DD. */
  readonly day: string;
  /** Epoch seconds. */
  readonly asOf: number;
}

const DAY_MS = 86_400_000;
const HISTORY_DAYS = 90;
const SHOPS = ['Panaderia Sol', 'Metro Ficticio', 'Libreria Norte', 'Farmacia Plaza', 'Mercado Demo'] as const;

export function bankLogin(credential: Credential): BankLogin {
  const { bank, username, lastUpdate, load, createdAt } = credential;
  const seed = `${bank}:${username}`;
  const read = lastUpdate ?? load?.startedAt ?? createdAt;
  const iban = (n: number): string => ibanOf('ES', digits(`${seed}:iban:${n}`, 20));
  return {
    holder: username
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim()
      .toUpperCase(),
    bankName: bankOf(bank)?.name ?? bank,
    ibans: [iban(0), iban(1)],
    custody: `${digits(`${seed}:custody`, 4)}-${digits(`${seed}:paper`, 6)}`,
    pan: `************${digits(`${seed}:pan`, 4)}`,
    loan: digits(`${seed}:loan`, 10),
    day: dayOf(read),
    asOf: Math.floor(read / 1000),
  };
}

/** An id that the credentials give, and the one that your own id of the user gives and that survives a new connection. */
export function idsOf({ token, externalId }: Credential, number: string): { _id: string; external_id: string | null } {
  return { _id: hex(`${token}:${number}`), external_id: externalId === null ? null : hex(`${externalId}:${number}`) };
}

const MOST_LISTS = 200;
/** Whoever reads a login asks for its groups one after the other, and most of them need the same lists. */
const lists = new Map<string, readonly Movement[]>();

/** One each day, the newest first. @param seed names the product at the bank. */
export function movements(seed: string, day: string, created: number): readonly Movement[] {
  const key = `${seed} ${day} ${created}`;
  const list = lists.get(key) ?? drawn(seed, day, created);
  if (lists.size >= MOST_LISTS) lists.clear();
  lists.set(key, list);
  return list;
}

function drawn(seed: string, day: string, created: number): readonly Movement[] {
  const last = Math.floor(Date.parse(day) / DAY_MS);
  const first = Math.floor(created / DAY_MS) - HISTORY_DAYS;
  return Array.from({ length: last - first + 1 }, (_, back) => {
    const date = dayOf((last - back) * DAY_MS);
    if (date.endsWith('-28')) return { number: back, date, amount: 2150.4, text: 'Nomina Empresa Demo' };
    const draw = number32(`${seed}:${date}`);
    return { number: back, date, amount: -cents(250 + (draw % 9_000)), text: SHOPS[draw % SHOPS.length] ?? SHOPS[0] };
  });
}

/** An amount with two places out of minor units. */
export const cents = (minor: number): number => minor / 100;

/** Sums without the tail of binary fractions. */
export const total = (amounts: readonly number[]): number =>
  cents(amounts.reduce((sum, amount) => sum + Math.round(amount * 100), 0));

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
