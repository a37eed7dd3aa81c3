const WHOLE = /^-?\d{1,40}$/;
const MOST_PLACES = 30;

/**
 * Tink's amounts: `unscaled` × 10^(−`scale`), both whole numbers as texts; the scale may be negative.
 * @returns the decimal with all its digits, e.g. `-49.90`; `undefined` for anything else.
 */
export function scaledDecimal(unscaled: string, scale: string): string | undefined {
  const places = Number(scale);
  if (!WHOLE.test(unscaled) || !WHOLE.test(scale) || Math.abs(places) > MOST_PLACES) return undefined;
  const digits = unscaled.replace('-', '').replace(/^0+(?=\d)/, '');
  const sign = unscaled.startsWith('-') && digits !== '0' ? '-' : '';
  if (places === 0) return sign + digits;
  if (places < 0) return digits === '0' ? '0' : sign + digits + '0'.repeat(-places);
  const padded = digits.padStart(places + 1, '0');
  return `${sign}${padded.slice(0, -places)}.${padded.slice(-places)}`;
}
