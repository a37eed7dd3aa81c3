import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import pretty from 'pino-pretty';

import type { LoggingConfig } from '../../config/slices.js';
import { RequestContext } from './request-context.js';
import { safeError } from './safe-error.js';
import { scrub } from './scrub.js';

const SECRET_MEMBERS = ['authorization', 'password', 'secret', 'token', 'accessToken', 'refreshToken', 'key', 'fields'];
const REDACTED_PATHS = SECRET_MEMBERS.flatMap((name) => [name, `*.${name}`]);

/**
 * The process's log. Secrets stay out by construction: requests are logged from a list of allowed members, errors without
 * foreign text. The redacted names and `scrub` are the second line, for what somebody logs by mistake.
 */
export function createRootLogger(config: LoggingConfig, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level: config.level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    mixin: () => ({ ...RequestContext.current() }),
    serializers: { err: safeError, error: safeError },
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    hooks: { streamWrite: scrub },
  };
  const stream =
    destination ??
    (config.pretty
      ? pretty({ ignore: 'context,requestId', messageFormat: '[{context}] {msg}', singleLine: true })
      : undefined);
  return stream ? pino(options, stream) : pino(options);
}
