import type { Bank } from '../bank/banks.js';

export interface FilterRule {
  readonly action: 'include' | 'exclude';
  readonly field: 'connector_id' | 'countries' | 'type';
  readonly value: string | readonly string[];
}

/** Rules in their order, starting with all: `exclude` takes away, `include` brings back out of all. So the last word counts. */
export function filterConnectors(banks: readonly Bank[], rules: readonly FilterRule[]): readonly Bank[] {
  return banks.filter((bank) => {
    const last = rules.findLast((rule) => matches(bank, rule));
    return last?.action !== 'exclude';
  });
}

function matches(bank: Bank, { field, value }: FilterRule): boolean {
  const wanted: readonly string[] = typeof value === 'string' ? [value] : value;
  switch (field) {
    case 'connector_id':
      return wanted.includes('*') || wanted.includes(bank.connectorId);
    case 'countries':
      return bank.countries.some((country) => wanted.includes(country));
    case 'type':
      return wanted.includes(bank.type);
  }
}
