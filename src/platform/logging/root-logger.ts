import { pino, type DestinationStream, type LogFn, type Logger, type LoggerOptions } from 'pino';
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
    hooks: { streamWrite: scrub, logMethod: withOwnMessage },
  };
  const stream =
    destination ??
    (config.pretty
      ? pretty({ ignore: 'context,requestId', messageFormat: '[{context}] {msg}', singleLine: true })
      : undefined);
  return stream ? pino(options, stream) : pino(options);
}

/** Without a message of ours, pino would take the error's own, which may quote anything. */
function withOwnMessage(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, message, ...rest] = args as unknown[];
  if (first instanceof Error) method.call(this, { err: first }, typeof message === 'string' ? message : 'error');
  else if (message === undefined && hasErrorOnly(first)) method.call(this, first, 'error');
  else method.apply(this, [first, message, ...rest] as Parameters<LogFn>);
}

function hasErrorOnly(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'err' in value && !('msg' in value);
}
