/** Errors whose text is ours or the engine's, so that it cannot hold what a caller or a provider sent. */
const NAMES_WITH_SAFE_TEXT = new Set([
  'Failure',
  'UnsealError',
  'ConfigError',
  'DataDirectoryInUseError',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'AbortError',
  'TimeoutError',
]);
/** Members of errors that are facts: error codes, names of constraints and tables. */
const SAFE_MEMBERS = ['code', 'constraint', 'table', 'syscall', 'statusCode'] as const;
const MAX_CAUSES = 3;
const MAX_FRAMES = 12;

export interface SafeError {
  readonly type: string;
  readonly message?: string;
  readonly stack?: readonly string[];
  readonly cause?: SafeError;
  readonly [member: string]: unknown;
}

/**
 * What may be logged of an error. Messages of foreign errors quote what they were given (a URL with a token, a value that
 * is no UUID, a piece of a body), so they are left out; the type, the code and the place are enough to find the fault.
 */
export function safeError(error: unknown, depth = 0): SafeError {
  if (!(error instanceof Error)) return { type: typeof error };
  const driverError: unknown = Reflect.get(error, 'driverError');
  const cause = error.cause ?? driverError;
  const frames = framesOf(error);
  return {
    type: error.name,
    ...(NAMES_WITH_SAFE_TEXT.has(error.name) ? { message: error.message } : {}),
    ...safeMembers(error),
    ...(frames.length > 0 ? { stack: frames } : {}),
    ...(cause instanceof Error && depth < MAX_CAUSES ? { cause: safeError(cause, depth + 1) } : {}),
  };
}

function safeMembers(error: Error): Record<string, string | number> {
  const found: Record<string, string | number> = {};
  for (const name of SAFE_MEMBERS) {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === 'number' || (typeof value === 'string' && /^[\w.-]{1,80}$/.test(value))) found[name] = value;
  }
  return found;
}

/** Only the lines that name a place: the first lines of a stack repeat the message. */
function framesOf(error: Error): string[] {
  const lines = error.stack?.split('\n') ?? [];
  return lines
    .map((line) => line.trim())
    .filter((line) => /^at .+(:\d+:\d+\)?|\(native\)|<anonymous>\)?)$/.test(line))
    .slice(0, MAX_FRAMES);
}
