const DECIMAL = /^-?\d{1,30}(\.\d{1,18})?$/;

/** The form that the contract promises, and that PostgreSQL takes. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** One text for one number: `-12.50` and `-12.5` are equal. */
export function canonical(decimal: string): string {
  const [, minus = '', whole = '', fraction = ''] = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/.exec(decimal) ?? [];
  const number = fraction === '' ? whole : `${whole}.${fraction}`;
  return number === '0' ? '0' : `${minus}${number}`;
}

export function sameDecimal(one: string | null, other: string | null): boolean {
  return one === null || other === null ? one === other : canonical(one) === canonical(other);
}
