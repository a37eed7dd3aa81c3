import { ForbiddenException, HttpException, NotFoundException } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';

import { Failure } from './failure.js';
import { toFailure } from './to-failure.js';

const SECRET = 'hunter2';

function withCode(code: string, message = SECRET): Error {
  return Object.assign(new Error(message), { code });
}

describe('toFailure', () => {
  it('leaves a failure as it is', () => {
    const failure = new Failure('connection.not_found');

    expect(toFailure(failure)).toBe(failure);
  });

  it.each([
    ['a body over the limit', withCode('FST_ERR_CTP_BODY_TOO_LARGE'), 'request.too_large'],
    ['a strange content type', withCode('FST_ERR_CTP_INVALID_MEDIA_TYPE'), 'request.unsupported_media_type'],
    [
      'a Fastify error that Nest has wrapped',
      new HttpException(SECRET, 400, { cause: withCode('FST_ERR_CTP_INVALID_JSON_BODY') }),
      'request.malformed_json',
    ],
    ['bad JSON', Object.assign(new SyntaxError(SECRET), { statusCode: 400 }), 'request.malformed_json'],
    [
      'a body that was not sent to its end',
      Object.assign(withCode('ECONNRESET'), { statusCode: 400 }),
      'request.malformed_http',
    ],
    ['an unknown route', new NotFoundException(SECRET), 'request.not_found'],
    ['a guard that says no', new ForbiddenException(SECRET), 'access.denied'],
    ['an HTTP status that we do not use', new HttpException(SECRET, 418), 'internal'],
    ['a refused connection', Object.assign(withCode('ECONNREFUSED'), { syscall: 'connect' }), 'service.unavailable'],
    ['a pool without a free connection', new Error('timeout exceeded when trying to connect'), 'service.unavailable'],
    [
      'a database that shuts down',
      new QueryFailedError('SELECT 1', [SECRET], withCode('57P01')),
      'service.unavailable',
    ],
    [
      'a database that does not answer',
      new QueryFailedError('SELECT 1', [], new Error('Query read timeout')),
      'service.unavailable',
    ],
    ['a statement that takes too long', new QueryFailedError('SELECT 1', [], withCode('57014')), 'service.unavailable'],
    ['a statement that fails', new QueryFailedError('SELECT $1', [SECRET], withCode('22P02')), 'internal'],
    ['an error of our own code', new TypeError(SECRET), 'internal'],
    ['something that is no error', SECRET, 'internal'],
  ])('answers %s without its text', (_what, error, code) => {
    const failure = toFailure(error);

    expect(failure.code).toBe(code);
    expect(failure.details.detail ?? '').not.toContain(SECRET);
    expect(failure.details.cause).toBe(error);
  });
});
