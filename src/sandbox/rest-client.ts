/** An answer of the REST API. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; `null` without a body. */
  readonly body: unknown;
  readonly bytes: Uint8Array;
}

const DEADLINE_MS = 30_000;

/** The few lines that a program of ours needs to call the REST API as anybody would. */
export class RestClient {
  constructor(
    private readonly baseUrl: string,
    private readonly key: string,
  ) {}

  async call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const json = response.headers.get('content-type')?.includes('json') === true && bytes.length > 0;
    const parsed: unknown = json ? JSON.parse(Buffer.from(bytes).toString('utf8')) : null;
    return { status: response.status, headers: response.headers, body: parsed, bytes };
  }
}

/** Walks into parsed JSON, e.g. `member(body, 'state', 'value')`. `undefined` where there is nothing. */
export function member(body: unknown, ...path: readonly (string | number)[]): unknown {
  let at = body;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}

/** @throws TypeError when there is no text at this place. */
export function textAt(body: unknown, ...path: readonly (string | number)[]): string {
  const found = member(body, ...path);
  if (typeof found !== 'string') throw new TypeError(`The answer has no text at /${path.join('/')}.`);
  return found;
}
