import type { Ids } from '../ids/ids.js';

const SANE = /^[A-Za-z0-9._:-]{1,64}$/;

/** Names requests: the caller's own id when it is harmless to log and repeat, else a new one. */
export class RequestIds {
  private readonly prefix: string;
  private count = 0;

  /** One random part for each process and a count: random bytes for each request would be seen in the throughput. */
  constructor(ids: Ids) {
    this.prefix = ids.next().replaceAll('-', '');
  }

  from(header: unknown): string {
    return typeof header === 'string' && SANE.test(header) ? header : this.next();
  }

  next(): string {
    this.count += 1;
    return `${this.prefix}-${this.count.toString(36)}`;
  }
}
