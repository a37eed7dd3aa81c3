import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

type Level = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** What Nest says of its own start: one line for every module and route. */
const CHATTER = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);
/** Errors of the start are thrown to the caller, who says them once in plain words. */
const REPORTED_BY_CALLER = new Set(['ExceptionHandler', 'NestApplication']);

/**
 * Nest's log, written to ours. `nestjs-pino` would do it too, but it puts its own serializer for errors, which prints their
 * messages, over ours, and gives every request a logger of its own, which the hot path would pay for.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly root: Logger) {}

  log(message: unknown, ...parameters: unknown[]): void {
    this.write(CHATTER.has(contextOf(parameters) ?? '') ? 'debug' : 'info', message, parameters);
  }

  fatal(message: unknown, ...parameters: unknown[]): void {
    this.write('fatal', message, parameters);
  }

  error(message: unknown, ...parameters: unknown[]): void {
    this.write(REPORTED_BY_CALLER.has(contextOf(parameters) ?? '') ? 'debug' : 'error', message, parameters);
  }

  warn(message: unknown, ...parameters: unknown[]): void {
    this.write('warn', message, parameters);
  }

  debug(message: unknown, ...parameters: unknown[]): void {
    this.write('debug', message, parameters);
  }

  verbose(message: unknown, ...parameters: unknown[]): void {
    this.write('trace', message, parameters);
  }

  /** Nest puts the context last; between it and the message may stand a text, a stack and objects. */
  private write(level: Level, message: unknown, parameters: readonly unknown[]): void {
    if (!this.root.isLevelEnabled(level)) return;
    const context = contextOf(parameters);
    const parts = [message, ...(context === undefined ? parameters : parameters.slice(0, -1))];
    const members: Record<string, unknown> = context === undefined ? {} : { context };
    const texts: string[] = [];
    for (const part of parts) {
      if (part instanceof Error) members['err'] = part;
      else if (typeof part === 'object' && part !== null) Object.assign(members, part);
      else if (typeof part === 'string' && !isStack(part)) texts.push(part);
    }
    if (texts.length > 0) members['msg'] = texts.join(' ');
    this.root[level](members);
  }
}

function contextOf(parameters: readonly unknown[]): string | undefined {
  const last = parameters.at(-1);
  return typeof last === 'string' ? last : undefined;
}

/** A stack given as text begins with the message of its error, so it is left out as a whole. */
function isStack(text: string): boolean {
  return /\n\s+at /.test(text);
}
