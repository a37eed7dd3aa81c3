import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

import { IsQueryFlag } from './flags.js';

class Checked {
  @IsQueryFlag()
  paused: unknown;
}

const read = (paused: unknown): unknown => {
  const checked = plainToInstance(Checked, { paused });
  return validateSync(checked).length === 0 ? checked.paused : 'refused';
};

describe('IsQueryFlag', () => {
  it.each([
    ['true', true],
    ['false', false],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each(['', '1', '0', 'yes', 'TRUE', ' true', ['true'], null])('refuses %j', (text) => {
    expect(read(text)).toBe('refused');
  });
});
