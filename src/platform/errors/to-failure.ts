import { HttpException } from '@nestjs/common';

import { isDatabaseUnavailable } from '../database/database-errors.js';
import { Failure } from './failure.js';
import type { ProblemCode } from './problem-catalogue.js';

const FASTIFY_CODES: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.unsupported_media_type',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.malformed_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.malformed_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.invalid',
  FST_ERR_BAD_URL: 'request.malformed_url',
  FST_ERR_MAX_PARAM_LENGTH: 'request.uri_too_long',
};

const STATUS_CODES: Readonly<Record<number, ProblemCode>> = {
  400: 'request.invalid',
  401: 'access.unauthenticated',
  403: 'access.denied',
  404: 'request.not_found',
  405: 'request.method_not_allowed',
  408: 'request.timeout',
  413: 'request.too_large',
  414: 'request.uri_too_long',
  415: 'request.unsupported_media_type',
  503: 'service.unavailable',
};

const DETAILS: Partial<Record<ProblemCode, string>> = {
  'request.too_large': 'A body may have up to 64 KiB.',
  'service.unavailable': 'Try again in a moment.',
};

/** Turns whatever was thrown into a failure with a known code. Text of foreign errors never reaches the caller. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = foreignCode(error);
  const detail = DETAILS[code];
  return new Failure(code, { ...(detail ? { detail } : {}), cause: error });
}

function foreignCode(error: unknown): ProblemCode {
  if (isDatabaseUnavailable(error)) return 'service.unavailable';
  for (const candidate of [error, error instanceof Error ? error.cause : undefined]) {
    const fastifyCode = FASTIFY_CODES[textMember(candidate, 'code')];
    if (fastifyCode) return fastifyCode;
    if (isHungUp(candidate)) return 'request.malformed_http';
    // secure-json-parse refuses bodies that try to change prototypes.
    if (candidate instanceof SyntaxError && 'statusCode' in candidate) return 'request.malformed_json';
  }
  return error instanceof HttpException ? (STATUS_CODES[error.getStatus()] ?? 'internal') : 'internal';
}

/** Whoever sent the request left before all of it was here. Not to be taken for a lost line of ours. */
function isHungUp(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return textMember(error, 'code') === 'ECONNRESET' && Reflect.get(error, 'statusCode') === 400;
}

function textMember(value: unknown, name: 'code'): string {
  if (typeof value !== 'object' || value === null || !(name in value)) return '';
  const member: unknown = Reflect.get(value, name);
  return typeof member === 'string' ? member : '';
}
