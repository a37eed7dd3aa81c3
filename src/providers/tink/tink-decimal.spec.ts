import { scaledDecimal } from './tink-decimal.js';

describe("Tink's amounts", () => {
  it.each([
    ['1234567', '2', '12345.67'],
    ['-4990', '2', '-49.90'],
    ['250', '-2', '25000'],
    ['-1', '-3', '-1000'],
    ['0', '2', '0.00'],
    ['-0', '2', '0.00'],
    ['0', '-5', '0'],
    ['7', '0', '7'],
    ['7', '-0', '7'],
    ['5', '3', '0.005'],
    ['-5', '1', '-0.5'],
    ['00120', '2', '1.20'],
    // No binary fraction could hold these.
    ['9007199254740993', '2', '90071992547409.93'],
    ['123456789012345678901234567890', '10', '12345678901234567890.1234567890'],
  ])('%s with the scale %s is %s', (unscaled, scale, decimal) => {
    expect(scaledDecimal(unscaled, scale)).toBe(decimal);
  });

  it.each([
    ['', '2'],
    ['1.5', '2'],
    ['+1', '2'],
    [' 1', '2'],
    ['1e3', '2'],
    ['NaN', '0'],
    ['1', ''],
    ['1', '1.5'],
    ['1', '31'],
    ['1', '-31'],
    ['1'.repeat(41), '2'],
  ])('%p with the scale %p is none', (unscaled, scale) => {
    expect(scaledDecimal(unscaled, scale)).toBeUndefined();
  });
});
