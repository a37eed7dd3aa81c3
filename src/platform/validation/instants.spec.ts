import { validateSync } from 'class-validator';

import { IsInstant } from './instants.js';

class Checked {
  @IsInstant()
  at: unknown;
}

const isRight = (at: unknown): boolean => validateSync(Object.assign(new Checked(), { at })).length === 0;

describe('IsInstant', () => {
  it.each([
    ...['2026-11-20T10:00:00Z', '2026-11-20T10:00Z', '2026-11-20T10:00:00.123456789Z', '2026-11-20T10:00:00+01:00'],
    ...['2026-11-20', '2024-02-29', '1970-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59'],
  ])('takes %s, and Date reads it', (at) => {
    expect(isRight(at)).toBe(true);
    expect(new Date(at).getTime()).not.toBeNaN();
  });

  it.each([
    // ISO 8601 all of them, and no date to Date, or one of the zone of the server.
    ...['2026-W01-1', '2026-324', '20261120T100000Z', '2026-11-20T10', '2026-11-20T10:00:00,5Z', '2026-11-20T10:00+01'],
    ...['2026-11-20T10:00:00', '2026', '2026-11', '+002026-11-20T10:00:00Z'],
    ...[
      '2026-02-30',
      '2026-02-30T10:00:00Z',
      '2026-11-20T24:00:00Z',
      '2026-11-20T10:00:60Z',
      '2026-11-20T10:00:00+24:00',
    ],
    ...['yesterday', '', 'x\n2026-11-20', '2026-11-20\n', 1_763_632_800_000, null, ['2026-11-20']],
  ])('refuses %j', (at) => {
    expect(isRight(at)).toBe(false);
  });
});
