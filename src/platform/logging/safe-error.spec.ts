import { QueryFailedError } from 'typeorm';

import { Failure } from '../errors/failure.js';
import { safeError } from './safe-error.js';

const SECRET = 'hunter2';

describe('safeError', () => {
  it.each([
    ['a foreign error', new Error(`GET https://bank.example/?code=${SECRET}`)],
    ['an error of several lines', new Error(`first\n    at ${SECRET} (nowhere)\nlast`)],
    ['a parser that quotes its input', parseError(`{${SECRET}`)],
    ['a failed statement', new QueryFailedError('SELECT $1', [SECRET], new Error(`invalid input "${SECRET}"`))],
    [
      'an error with a body',
      Object.assign(new Error('x'), { response: { data: SECRET }, config: { headers: SECRET } }),
    ],
    ['a cause of a cause', new Failure('internal', { cause: new Error('x', { cause: new Error(SECRET) }) })],
    ['a code that is no code', Object.assign(new Error('x'), { code: `a ${SECRET}` })],
    ['a thrown text', SECRET],
  ])('leaves out what %s quotes', (_what, error) => {
    expect(JSON.stringify(safeError(error))).not.toContain(SECRET);
  });

  it('keeps what finds the fault: type, code, constraint, place and causes', () => {
    const driver = Object.assign(new Error('duplicate key'), { code: '23505', constraint: 'users_key' });
    const safe = safeError(new Failure('internal', { detail: 'our words', cause: driver }));

    expect(safe).toMatchObject({
      type: 'Failure',
      message: 'our words',
      code: 'internal',
      cause: { type: 'Error', code: '23505', constraint: 'users_key' },
    });
    expect(safe.stack?.[0]).toContain('safe-error.spec');
  });
});

function parseError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}
