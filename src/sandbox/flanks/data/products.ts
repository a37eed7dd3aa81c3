import { number32 } from '../../simulator/deterministic.js';
import type { Credential } from '../machine/credential.js';
import { type BankLogin, bankLogin, cents, idsOf, movements, total } from './bank-login.js';

export type Item = Readonly<Record<string, unknown>>;

const OPENING = [4_200, 18_500] as const;
const LIMIT = 1_500;
const LOAN = 90_000;
export const INSTALMENT = 512.3;
/** Units of the fund that are bought every month. */
export const SAVED_UNITS = 0.125;

const PAPERS = [
  { name: 'Fondo Global Demo', isin: 'ES0000000011', type: 'F', subtype: null, portfolio: 0 },
  { name: 'Acciones Ficticias', isin: 'ES0000000029', type: 'VI', subtype: null, portfolio: 1 },
  { name: 'Bono Ejemplo 2031', isin: 'ES0000000037', type: 'FI', subtype: null, portfolio: 1 },
] as const;

export function accounts(credential: Credential): readonly Item[] {
  const login = bankLogin(credential);
  return login.ibans.map((iban, n) => ({
    ...idsOf(credential, iban),
    ...common(login),
    iban,
    alias: ['Cuenta corriente', 'Cuenta ahorro'][n],
    description: ['Cuenta corriente', 'Cuenta ahorro'][n],
    balance: balanceOf(credential, login, n),
    isOwner: true,
    numOwners: 1,
    type: 'cashAccount',
  }));
}

export function cards(credential: Credential): readonly Item[] {
  const login = bankLogin(credential);
  const spent = total(cardMovements(credential, login).map(({ amount }) => amount));
  const balance = Math.max(spent, -LIMIT);
  return [
    {
      ...idsOf(credential, login.pan),
      ...common(login),
      name: 'Tarjeta credito',
      pan: login.pan,
      balance,
      availableBalance: total([LIMIT, balance]),
      limit: LIMIT,
    },
  ];
}

export function liabilities(credential: Credential): readonly Item[] {
  const login = bankLogin(credential);
  return [
    {
      ...idsOf(credential, login.loan),
      ...common(login),
      name: 'Prestamo hipotecario',
      type: 'Loan',
      balance: total([-LOAN, ...instalments(credential, login).map(() => INSTALMENT)]),
      availableBalance: 0,
      limit: 120_000,
    },
  ];
}

export function portfolios(credential: Credential): readonly Item[] {
  const login = bankLogin(credential);
  const held = investments(credential);
  return ['M', 'UM'].map((type, n) => {
    const refValores = `${login.custody}-${n}`;
    const ids = idsOf(credential, refValores);
    const inside = held.filter((item) => item['portfolio_id'] === ids._id).map((item) => Number(item['balance']));
    return {
      ...ids,
      ...common(login),
      name: `Cartera ${n + 1}`,
      type,
      tax_type: null,
      refValores,
      refAccount: login.ibans[0],
      refAccounts: [login.ibans[0]],
      balance: total(inside),
    };
  });
}

export function investments(credential: Credential): readonly Item[] {
  const login = bankLogin(credential);
  return PAPERS.map(({ name, isin, type, subtype, portfolio }) => {
    const saved = type === 'F' ? savingDays(credential, login).length * SAVED_UNITS : 0;
    const amount = 10 + (number32(`${login.custody}:${isin}`) % 90) + saved;
    const price = cents(5_000 + (number32(`${isin}:${login.day}`) % 500));
    return {
      ...idsOf(credential, isin),
      ...common(login),
      name,
      isin,
      type,
      subtype,
      portfolio_id: idsOf(credential, `${login.custody}-${portfolio}`)._id,
      amount,
      balance: total([amount * price]),
    };
  });
}

export function identity(credential: Credential): Item {
  const login = bankLogin(credential);
  return {
    _id: idsOf(credential, 'identity')._id,
    name: login.holder,
    contactInfo: { email: `${credential.username}@example.com`, phone: '+34 600 000 000' },
    address: { street: 'Calle Demo 1', city: 'Madrid', country: 'ES' },
    updated_at_timestamp: login.asOf,
  };
}

export function holders(credential: Credential): readonly Item[] {
  const { holder } = bankLogin(credential);
  return accounts(credential).flatMap(({ _id }, n) => [
    { product_id: _id, rel: 'Titular', name: holder, document: '00000000T' },
    ...(n === 0 ? [{ product_id: _id, rel: 'Autorizado', name: 'LUIS DEMO', document: '00000001R' }] : []),
  ]);
}

export const cardMovements = ({ createdAt }: Credential, { pan, day }: BankLogin): ReturnType<typeof movements> =>
  movements(pan, day, createdAt).filter(({ amount, number }) => amount < 0 && number < 30);

/** One a month. */
export const instalments = ({ createdAt }: Credential, { loan, day }: BankLogin): ReturnType<typeof movements> =>
  movements(loan, day, createdAt).filter(({ date }) => date.endsWith('-05'));

/** When units of the fund were bought. */
export const savingDays = ({ createdAt }: Credential, { custody, day }: BankLogin): ReturnType<typeof movements> =>
  movements(custody, day, createdAt).filter(({ date }) => date.endsWith('-15'));

function balanceOf({ createdAt }: Credential, { ibans, day }: BankLogin, n: number): number {
  const moved = movements(ibans[n] ?? '', day, createdAt).map(({ amount }) => amount);
  return total([OPENING[n] ?? 0, ...moved]);
}

function common({ bankName, holder, asOf }: BankLogin): Item {
  return { currency: 'EUR', entity: bankName, owners: [holder], updated_at_timestamp: asOf };
}
