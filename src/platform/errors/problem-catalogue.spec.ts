import { PROVIDER_FAILURE_CODES } from '../../credentials/failure.js';
import { isProblemCode, PROBLEM_CATALOGUE } from './problem-catalogue.js';

describe('PROBLEM_CATALOGUE', () => {
  it.each(PROVIDER_FAILURE_CODES)('knows the provider failure %s', (code) => {
    expect(isProblemCode(code)).toBe(true);
  });

  it.each(Object.entries(PROBLEM_CATALOGUE))('%s is an error with a title', (_code, { status, title }) => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).toMatch(/^[A-Z][^.]+$/);
  });

  it('does not take members of every object for codes', () => {
    expect(isProblemCode('toString')).toBe(false);
  });
});
