import { hash } from 'node:crypto';

/** Draws that depend on nothing but their seed, so that a simulator shows the same data after a restart. */
export const hex = (seed: string): string => hash('sha256', seed).slice(0, 32);

export const number32 = (seed: string): number => Number.parseInt(hash('sha256', seed).slice(0, 8), 16);

/** @param count at most 32. */
export function digits(seed: string, count: number): string {
  const bytes = [...hash('sha256', seed, 'buffer').subarray(0, count)];
  return bytes.map((byte) => byte % 10).join('');
}

/** With right check digits, so that validators take it. */
export function ibanOf(country: string, bban: string): string {
  const numeric = Array.from(`${bban}${country}00`, (letter) => parseInt(letter, 36)).join('');
  const check = 98n - (BigInt(numeric) % 97n);
  return `${country}${String(check).padStart(2, '0')}${bban}`;
}
