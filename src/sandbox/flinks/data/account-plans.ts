/** What one account of every test user looks like. Amounts in cents. */
export interface AccountPlan {
  readonly title: string;
  readonly category: 'Operations' | 'Credits' | 'Products';
  /** `null` = the vendor does not know. */
  readonly type: string | null;
  readonly currency: 'CAD' | 'USD';
  readonly accountType: 'Personal' | 'Business';
  readonly opening: number;
  /** Every month; 0 = none. */
  readonly income: number;
  readonly incomeText: string;
  /** A purchase every so many days; 0 = no transactions at all. */
  readonly everyDays: number;
  /** The number is shown with asterisks. */
  readonly masked: boolean;
}

const plan = (title: string, category: AccountPlan['category'], rest: Partial<AccountPlan>): AccountPlan => ({
  ...{ title, category, type: null, currency: 'CAD', accountType: 'Personal' },
  ...{ opening: 0, income: 0, incomeText: 'PAYROLL EXAMPLE WORKS', everyDays: 0, masked: false },
  ...rest,
});

export const ACCOUNT_PLANS: readonly AccountPlan[] = [
  plan('First Home Savings Account', 'Products', { opening: 800_000 }),
  plan('Business Account', 'Operations', {
    ...{ type: 'Chequing', accountType: 'Business', opening: 4_200_000 },
    ...{ income: 900_000, incomeText: 'CLIENT TRANSFER', everyDays: 5 },
  }),
  plan('Personal loan', 'Credits', { opening: -1_250_000, income: 45_000, incomeText: 'LOAN REPAYMENT' }),
  plan('Chequing US', 'Operations', { type: 'Chequing', currency: 'USD', opening: 120_000, everyDays: 30 }),
  plan('Investments', 'Products', { opening: 20_000_000 }),
  plan('Chequing CAD', 'Operations', { type: 'Chequing', opening: 310_000, income: 280_000, everyDays: 1 }),
  plan('Another Business Account', 'Credits', { accountType: 'Business', opening: -60_000 }),
  plan('Line of Credit', 'Credits', { type: 'LineOfCredit', opening: -500_000 }),
  plan('Credit card', 'Credits', {
    ...{ type: 'CreditCard', masked: true, income: 60_000, incomeText: 'CARD REPAYMENT', everyDays: 4 },
  }),
];

export const MERCHANTS = ['CORNER GROCERY', 'CITY TRANSIT', 'HARBOUR CAFE', 'PAPER AND INK', 'NORTH PHARMACY'] as const;

export const HOLDER = {
  Name: 'Ana Exemple',
  Address: {
    ...{ CivicAddress: '1 rue Fictive', City: 'Montréal', Province: 'QC' },
    ...{ PostalCode: 'H0H 0H0', POBox: null, Country: 'CA' },
  },
  Email: 'ana@example.test',
  PhoneNumber: '(514) 555-0100',
} as const;
