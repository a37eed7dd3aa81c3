import { oneAnswer } from './upstream-answer.js';

describe('the answers of all providers in one word', () => {
  it.each([
    [[], 'not_needed'],
    [['not_needed', 'not_needed'], 'not_needed'],
    [['not_needed', 'already_gone'], 'already_gone'],
    [['already_gone', 'deleted', 'not_needed'], 'deleted'],
    [['deleted', 'failed:provider.unavailable', 'failed:provider.disabled'], 'failed:provider.unavailable'],
    [['already_gone', 'failed:provider.disabled'], 'failed:provider.disabled'],
  ] as const)('%j are %s', (answers, word) => {
    expect(oneAnswer(answers)).toBe(word);
  });
});
