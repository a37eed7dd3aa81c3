/** Money in the account's favour less money taken from it. Both may be given; usually one is. `null` = neither is. */
export function netAmount(credit: string | null, debit: string | null): string | null {
  if (credit === null && debit === null) return null;
  if (credit === null || isZero(credit)) return debit === null ? credit : negative(debit);
  if (debit === null || isZero(debit)) return credit;
  const places = Math.max(fraction(credit), fraction(debit));
  return text(units(credit, places) - units(debit, places), places);
}

function isZero(decimal: string): boolean {
  return !/[1-9]/.test(decimal);
}

function negative(decimal: string): string {
  if (isZero(decimal)) return decimal;
  return decimal.startsWith('-') ? decimal.slice(1) : `-${decimal}`;
}

function fraction(decimal: string): number {
  const point = decimal.indexOf('.');
  return point < 0 ? 0 : decimal.length - point - 1;
}

function units(decimal: string, places: number): bigint {
  return BigInt(decimal.replace('.', '') + '0'.repeat(places - fraction(decimal)));
}

function text(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  const point = digits.length - places;
  const sign = value < 0n ? '-' : '';
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
