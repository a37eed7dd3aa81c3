import { post, signatureOf } from './signed-post.js';

export type DeliveryKind = 'genuine' | 'duplicate' | 'forged';

/** What is wrong with a forged delivery. */
export const FORGERIES = ['wrong-secret', 'unsigned', 'stale', 'tampered'] as const;
export type Forgery = (typeof FORGERIES)[number];

export interface Attempt {
  /** Epoch milliseconds of the simulator's clock. */
  readonly at: number;
  /** `null` = no answer came. */
  readonly status: number | null;
}

export interface Delivery {
  readonly id: string;
  readonly kind: DeliveryKind;
  readonly event: string;
  readonly credentialsId: string | null;
  readonly url: string;
  readonly queuedAt: number;
  readonly attempts: readonly Attempt[];
  readonly state: 'waiting' | 'delivered' | 'given_up';
}

/** What is left out stays as it is. */
export interface WebhookSwitches {
  /** Everything is sent twice. */
  readonly duplicate?: boolean;
  /** What is due at the same time is sent newest first. */
  readonly reorder?: boolean;
  /** Milliseconds of the simulator's clock until something is sent. */
  readonly delayMs?: number;
}

export interface Parcel {
  readonly event: string;
  readonly credentialsId: string | null;
  readonly url: string;
  readonly secret: string;
  readonly body: string;
  readonly forgery?: Forgery;
}

interface Queued extends Delivery {
  readonly parcel: Parcel;
  dueAt: number;
  attempts: Attempt[];
  state: Delivery['state'];
}

const RETRIED: readonly number[] = [408, 429, 500, 502, 503, 504];
const MOST_ATTEMPTS = 4;
const FIRST_RETRY_MS = 1000;
const HOUR_SECONDS = 3600;
const MOST_REMEMBERED = 10_000;

/** At least once, best effort, and retried as documented: three times, exponentially, never after a lost connection. */
export class WebhookSender {
  duplicate = false;
  reorder = false;
  delayMs = 0;
  private readonly queue: Queued[] = [];
  private readonly stopping = new AbortController();
  private count = 0;

  constructor(private readonly now: () => number) {}

  add(parcel: Parcel): void {
    if (parcel.forgery) {
      this.push(parcel, 'forged');
      return;
    }
    this.push(parcel, 'genuine');
    if (this.duplicate) this.push(parcel, 'duplicate');
  }

  /** Sends what is due by now, one after the other. */
  async sendDue(): Promise<void> {
    const now = this.now();
    const due = this.queue.filter(({ state, dueAt }) => state === 'waiting' && dueAt <= now);
    for (const queued of this.reorder ? due.reverse() : due) {
      if (this.stopping.signal.aborted) return;
      await this.attempt(queued);
    }
  }

  hasDue(): boolean {
    if (this.stopping.signal.aborted) return false;
    const now = this.now();
    return this.queue.some(({ state, dueAt }) => state === 'waiting' && dueAt <= now);
  }

  /** Oldest first. */
  list(): readonly Delivery[] {
    return this.queue.map(({ parcel: _parcel, dueAt: _dueAt, attempts, ...delivery }) => ({
      ...delivery,
      attempts: [...attempts],
    }));
  }

  clear(): void {
    this.queue.length = 0;
    this.duplicate = false;
    this.reorder = false;
    this.delayMs = 0;
  }

  stop(): void {
    this.stopping.abort();
  }

  private push(parcel: Parcel, kind: DeliveryKind): void {
    const now = this.now();
    const { event, credentialsId, url } = parcel;
    this.count += 1;
    this.queue.push({
      ...{ id: `delivery-${this.count}`, kind, event, credentialsId, url, parcel, queuedAt: now },
      ...{ dueAt: now + this.delayMs, attempts: [], state: 'waiting' },
    });
    if (this.queue.length > MOST_REMEMBERED) this.queue.shift();
  }

  private async attempt(queued: Queued): Promise<void> {
    const { url, body } = queued.parcel;
    const at = this.now();
    const sent = queued.parcel.forgery === 'tampered' ? `${body} ` : body;
    const signature = this.signature(queued.parcel, at);
    const status = await post(url, sent, signature, this.stopping.signal).catch(() => null);
    queued.attempts.push({ at, status });
    if (status !== null && status >= 200 && status < 300) queued.state = 'delivered';
    else if (status === null || !RETRIED.includes(status) || queued.attempts.length >= MOST_ATTEMPTS) {
      queued.state = 'given_up';
    } else queued.dueAt = at + FIRST_RETRY_MS * 2 ** (queued.attempts.length - 1);
  }

  private signature({ body, secret, forgery }: Parcel, at: number): string | null {
    const seconds = Math.floor(at / 1000);
    if (forgery === 'unsigned') return null;
    if (forgery === 'wrong-secret') return signatureOf(body, `not-${secret}`, seconds);
    return signatureOf(body, secret, forgery === 'stale' ? seconds - HOUR_SECONDS : seconds);
  }
}
