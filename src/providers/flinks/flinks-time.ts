const TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Reads Flinks' times: UTC without a zone and up to seven fractional digits, e.g. `2026-01-05T14:03:11.1234567`.
 * `new Date` alone would take them for local time.
 * @returns `null` for anything else, and for .NET's empty time in the year 1.
 */
export function parseFlinksTime(text: string | null): Date | null {
  const [, day, time, fraction = '', zone = 'Z'] = TIME.exec(text ?? '') ?? [];
  if (day === undefined || time === undefined || day.startsWith('0001-')) return null;
  const at = new Date(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  return Number.isNaN(at.getTime()) ? null : at;
}
