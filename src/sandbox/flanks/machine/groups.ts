export const PRODUCTS = ['auth', 'account', 'card', 'portfolio', 'investment', 'liability', 'holders'] as const;
export const TRANSACTIONS = ['account', 'card', 'investment', 'liability'] as const;

/** A group of data that loads, and fails, as a whole. */
export type Group = `product.${(typeof PRODUCTS)[number]}` | `transaction.${(typeof TRANSACTIONS)[number]}`;

/** In the order in which a load takes them. */
export const GROUPS: readonly Group[] = [
  ...PRODUCTS.map((name) => `product.${name}` as const),
  ...TRANSACTIONS.map((name) => `transaction.${name}` as const),
];

/** The groups and a last step that ends the load. */
export const LOAD_STEPS = GROUPS.length + 1;

export function groupOf(word: string): Group | null {
  return GROUPS.find((group) => group === word) ?? null;
}
