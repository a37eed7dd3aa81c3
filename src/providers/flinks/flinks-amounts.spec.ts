import { netAmount } from './flinks-amounts.js';

describe('the amount of a transaction', () => {
  it.each([
    [null, '41.10', '-41.10'],
    ['200000.0', null, '200000.0'],
    ['200000.0', '0.0', '200000.0'],
    ['0', '5', '-5'],
    // 0.1 - 0.3 is -0.19999999999999998 in binary fractions.
    ['0.1', '0.3', '-0.2'],
    ['0.3', '0.30', '0.00'],
    ['10', '0.05', '9.95'],
    ['9007199254740993.01', '0.01', '9007199254740993.00'],
    [null, '-3.5', '3.5'],
    ['-1', '-2.25', '1.25'],
    ['-1.5', '2', '-3.5'],
    [null, '0.00', '0.00'],
    ['0.00', null, '0.00'],
    [null, null, null],
  ])('credit %s and debit %s are %s', (credit, debit, amount) => {
    expect(netAmount(credit, debit)).toBe(amount);
  });
});
