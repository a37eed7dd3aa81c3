import type { FaultAction } from './faults.js';

/** One call as the simulator saw it. Never holds headers or bodies, so never a token. */
export interface Call {
  readonly number: number;
  /** Epoch milliseconds on the simulator's clock. */
  readonly at: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Without the question mark; empty when there is none. */
  readonly query: string;
  /** `null` while it runs and when the connection was dropped. */
  readonly status: number | null;
  readonly fault: FaultAction['kind'] | null;
}

export interface CallFilter {
  readonly method?: string;
  /** Source of a regular expression, tested on the path without the query. */
  readonly path?: string;
}

type OpenCall = { -readonly [K in keyof Call]: Call[K] };

const MAX_CALLS = 10_000;

/** The latest calls, oldest first. */
export class CallLog {
  private calls: OpenCall[] = [];
  private count = 0;

  begin(call: Pick<Call, 'at' | 'method' | 'path' | 'query'>): OpenCall {
    const open: OpenCall = { number: ++this.count, ...call, status: null, fault: null };
    this.calls.push(open);
    if (this.calls.length > MAX_CALLS) this.calls = this.calls.slice(-MAX_CALLS / 2);
    return open;
  }

  /** @throws SyntaxError when the filter's path is no regular expression. */
  list(filter: CallFilter = {}): readonly Call[] {
    const pattern = new RegExp(filter.path ?? '');
    return this.calls
      .filter((call) => (filter.method === undefined || filter.method === call.method) && pattern.test(call.path))
      .map((call) => ({ ...call }));
  }

  clear(): void {
    this.calls = [];
  }
}
