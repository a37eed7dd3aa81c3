import { statusWord } from './status-word.js';

describe('statusWord', () => {
  it.each(['', 'UPDATED', 'x'.repeat(100)])('keeps a word as it is', (word) => {
    expect(statusWord(word)).toBe(word);
  });

  it('cuts what is no word', () => {
    expect(statusWord('x'.repeat(101))).toBe(`${'x'.repeat(99)}…`);
  });
});
