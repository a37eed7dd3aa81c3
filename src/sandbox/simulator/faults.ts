/** What goes wrong with a matching call. */
export type FaultAction =
  /** Answers at once, the work is not done. `body` that is not a string is sent as JSON. */
  | {
      readonly kind: 'respond';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      readonly contentType?: string;
    }
  /** Waits `ms` milliseconds of real time, then works as usual. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Never answers; the work is not done. */
  | { readonly kind: 'hang' }
  /** Connection reset, the work is not done. */
  | { readonly kind: 'reset' }
  /** The work is done, then the connection is reset before the answer. */
  | { readonly kind: 'accept-then-reset' }
  /** The work is done; the answer is 200 `application/json` that no parser takes. */
  | { readonly kind: 'malformed' }
  /** The work is done; half of the body arrives, then the connection ends. */
  | { readonly kind: 'truncate' };

export interface FaultRule {
  /** Upper case; left out = every method. */
  readonly method?: string;
  /** Source of a regular expression that is tested on the path without the query. */
  readonly path: string;
  /** How many matching calls are hit; default 1, `null` = all until cleared. */
  readonly times?: number | null;
  /** How many matching calls pass unharmed first; default 0. */
  readonly after?: number;
  readonly action: FaultAction;
}

export interface ArmedFault extends FaultRule {
  readonly id: string;
  readonly hits: number;
}

interface Armed {
  readonly id: string;
  readonly rule: FaultRule;
  readonly pattern: RegExp;
  passesLeft: number;
  hits: number;
}

const MAX_RULES = 100;

/** Faults on request. The first armed rule that matches takes the call. */
export class FaultBoard {
  private armed: Armed[] = [];
  private count = 0;

  /** @throws SyntaxError when `path` is no regular expression, RangeError when the board is full. */
  add(rule: FaultRule): string {
    if (this.armed.length >= MAX_RULES) throw new RangeError(`At most ${MAX_RULES} faults at a time.`);
    const id = `fault-${++this.count}`;
    this.armed.push({ id, rule, pattern: new RegExp(rule.path), passesLeft: rule.after ?? 0, hits: 0 });
    return id;
  }

  /** Without an id: all of them. */
  clear(id?: string): void {
    this.armed = id === undefined ? [] : this.armed.filter((fault) => fault.id !== id);
  }

  list(): readonly ArmedFault[] {
    return this.armed.map(({ id, rule, hits }) => ({ ...rule, id, hits }));
  }

  take(method: string, path: string): FaultAction | null {
    const fault = this.armed.find(
      ({ rule, pattern }) => (rule.method === undefined || rule.method === method) && pattern.test(path),
    );
    if (!fault) return null;
    if (fault.passesLeft > 0) {
      fault.passesLeft -= 1;
      return null;
    }
    fault.hits += 1;
    const { times = 1 } = fault.rule;
    if (times !== null && fault.hits >= times) this.clear(fault.id);
    return fault.rule.action;
  }
}
