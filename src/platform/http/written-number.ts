/** A number as it stands in a JSON text. */
export class WrittenNumber {
  constructor(readonly text: string) {}
}

const DECIMAL = /^(?<sign>[+-]?)0*(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:e(?<exponent>[+-]?\d{1,3}))?$/i;
const MAX_LENGTH = 100;

/**
 * The same number without exponent, plus sign, leading zeros and negative zero; every other digit stays.
 * @returns `undefined` for what is no decimal number, or one that is too long for any amount.
 */
export function decimalIn(text: string): string | undefined {
  const groups = text.length <= MAX_LENGTH ? DECIMAL.exec(text)?.groups : undefined;
  if (groups === undefined) return undefined;
  const { sign, whole = '', fraction = '', exponent = '0' } = groups;
  const shift = Number(exponent);
  if (Math.abs(shift) > MAX_LENGTH) return undefined;
  const number = shifted(whole, fraction, shift);
  return sign === '-' && /[1-9]/.test(number) ? `-${number}` : number;
}

/** Moves the point to the right by `shift` places. */
function shifted(whole: string, fraction: string, shift: number): string {
  const before = '0'.repeat(Math.max(0, -shift));
  const after = '0'.repeat(Math.max(0, shift - fraction.length));
  const digits = before + whole + fraction + after;
  const point = before.length + whole.length + shift;
  const left = digits.slice(0, point).replace(/^0+(?=\d)/, '');
  const right = digits.slice(point);
  return right === '' ? left : `${left}.${right}`;
}
