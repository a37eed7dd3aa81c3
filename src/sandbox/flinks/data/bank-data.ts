import { digits, number32 } from '../../simulator/deterministic.js';
import { guid } from '../machine/card.js';
import type { Session } from '../machine/session.js';
import { ACCOUNT_PLANS, type AccountPlan, HOLDER, MERCHANTS } from './account-plans.js';

export interface BankAccount extends AccountPlan {
  /** The same as long as the LoginId is. */
  readonly id: string;
  readonly number: string;
  /** Cents. */
  readonly balance: number;
  /** Newest first. */
  readonly transactions: readonly BankTransaction[];
  readonly holder: typeof HOLDER;
}

export interface BankTransaction {
  readonly id: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly description: string;
  /** Cents, negative = money out. */
  readonly amount: number;
  /** Cents, after it. */
  readonly balance: number;
}

export interface DataOwner {
  readonly session: Pick<Session, 'login' | 'loginId' | 'requestId'>;
  /** The history reaches some months further back; epoch milliseconds. */
  readonly since: number;
  /** Epoch milliseconds. */
  readonly asOf: number;
}

const DAY_MS = 86_400_000;
/** Less than the longest span that can be asked for: a reading grows with every night for a while. */
const HISTORY_DAYS = 300;

/** What the bank shows; the same for the same login and time, and longer with every day. */
export function accountsOf(owner: DataOwner): readonly BankAccount[] {
  return ACCOUNT_PLANS.map((plan) => {
    const { login, loginId, requestId } = owner.session;
    const number = digits(`${login.institutionId}|${login.username.toLowerCase()}|${plan.title}`, 7);
    const id = guid(`account|${loginId ?? requestId}|${plan.title}`);
    const transactions = history(id, plan, owner);
    const balance = transactions[0]?.balance ?? plan.opening;
    return {
      ...plan,
      id,
      number: plan.masked ? `4500********${number.slice(-4)}` : number,
      balance,
      transactions,
      holder: HOLDER,
    };
  });
}

function history(accountId: string, plan: AccountPlan, { since, asOf }: DataOwner): readonly BankTransaction[] {
  if (plan.everyDays === 0) return [];
  const first = Math.floor(since / DAY_MS) - HISTORY_DAYS;
  const list: BankTransaction[] = [];
  let balance = plan.opening;
  for (let day = first; day <= Math.floor(asOf / DAY_MS); day += 1) {
    const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
    for (const { amount, description } of ofDay(accountId, plan, date, day)) {
      balance += amount;
      list.push({ id: guid(`transaction|${accountId}|${date}|${description}`), date, description, amount, balance });
    }
  }
  return list.reverse();
}

function ofDay(
  id: string,
  plan: AccountPlan,
  date: string,
  day: number,
): Pick<BankTransaction, 'amount' | 'description'>[] {
  const draw = number32(`${id}|${date}`);
  const income = date.endsWith('-15') ? [{ amount: plan.income, description: plan.incomeText }] : [];
  const merchant = MERCHANTS[draw % MERCHANTS.length] ?? 'SHOP';
  const spent = day % plan.everyDays === 0 ? [{ amount: -(990 + (draw % 9000)), description: merchant }] : [];
  return [...income, ...spent].filter(({ amount }) => amount !== 0);
}
