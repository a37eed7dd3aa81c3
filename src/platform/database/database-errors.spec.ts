import pg from 'pg';
import { QueryFailedError } from 'typeorm';

import { isDatabaseUnavailable, isUniqueViolation } from './database-errors.js';

function failed(members: Record<string, string>): QueryFailedError {
  return new QueryFailedError('INSERT', [], Object.assign(new Error('driver'), members));
}

describe('isUniqueViolation', () => {
  it('is true for the named constraint only', () => {
    const error = failed({ code: '23505', constraint: 'users_external_id_key' });

    expect(isUniqueViolation(error, 'users_external_id_key')).toBe(true);
    expect(isUniqueViolation(error, 'users_pkey')).toBe(false);
  });

  it('is false for other errors of the same constraint and for anything else', () => {
    expect(isUniqueViolation(failed({ code: '23503', constraint: 'a' }), 'a')).toBe(false);
    expect(isUniqueViolation(new Error('23505'), 'a')).toBe(false);
    expect(isUniqueViolation(null, 'a')).toBe(false);
  });
});

describe('isDatabaseUnavailable', () => {
  it.each(['08006', '57P01', '57P03', '53300', '57014', 'ECONNRESET'])(
    'is true for a statement that ended with %s',
    (code) => {
      expect(isDatabaseUnavailable(failed({ code }))).toBe(true);
    },
  );

  it('is true when the pool cannot connect', () => {
    expect(isDatabaseUnavailable(new Error('Connection terminated due to connection timeout'))).toBe(true);
  });

  it('is true when a server that is starting refuses the connection', () => {
    const starting = new pg.DatabaseError('the database system is starting up', 1, 'error');
    expect(isDatabaseUnavailable(Object.assign(starting, { code: '57P03' }))).toBe(true);
  });

  it('is true when the server has stopped answering', () => {
    expect(isDatabaseUnavailable(new QueryFailedError('SELECT', [], new Error('Query read timeout')))).toBe(true);
  });

  it('is false for a refused statement and for an error that only has a similar code', () => {
    expect(isDatabaseUnavailable(failed({ code: '23505' }))).toBe(false);
    expect(isDatabaseUnavailable(Object.assign(new Error('x'), { code: 'ECONNRESET' }))).toBe(false);
  });
});
