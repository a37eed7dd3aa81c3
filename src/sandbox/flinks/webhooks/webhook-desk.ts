import { createHmac } from 'node:crypto';
import { post } from './webhook-post.js';
import type { Forgery, ResponseType, SentWebhook, WebhookManner } from './webhook.types.js';

/** Where a customer wants them, and what signs them; `null` = not enabled. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string | null;
}

export interface NewWebhook {
  readonly responseType: ResponseType;
  readonly loginId: string;
  readonly body: string;
  readonly forged?: Forgery;
}

type Kept = { -readonly [K in keyof SentWebhook]: SentWebhook[K] } & { readonly body: string; running: boolean };

const RETRY_MS = 30 * 60_000;
const MAX_ATTEMPTS = 10;
const MAX_KEPT = 5000;

/** Sends one after the other: ten attempts, half an hour apart, and nothing but 200 counts. Kept in memory only. */
export class WebhookDesk {
  manner: WebhookManner = { hold: false, delayMs: 0, header: 'flinks-authenticity-key' };
  private kept: Kept[] = [];
  private count = 0;
  private chain: Promise<void> = Promise.resolve();
  private readonly end = new AbortController();

  constructor(
    private readonly target: WebhookTarget,
    private readonly now: () => number,
  ) {}

  list(): readonly SentWebhook[] {
    return this.kept.map(({ body: _body, running: _running, ...sent }) => ({ ...sent, attempts: [...sent.attempts] }));
  }

  add({ responseType, loginId, body, forged }: NewWebhook, at: number): string {
    const { hold, delayMs } = this.manner;
    // A lie comes from elsewhere and waits for nobody.
    const lie = forged !== undefined;
    const state = hold && !lie ? 'held' : 'waiting';
    const dueAt = lie ? at : at + delayMs;
    return this.keep({ responseType, loginId, body, state, dueAt, forged: forged ?? null, duplicateOf: null });
  }

  /** @returns `null` for an unknown id. */
  duplicate(id: string, at: number): string | null {
    const known = this.kept.find((one) => one.id === id);
    if (!known) return null;
    const { responseType, loginId, body, forged } = known;
    return this.keep({ responseType, loginId, body, forged, state: 'waiting', dueAt: at, duplicateOf: id });
  }

  release(order: 'as_made' | 'reversed', at: number): number {
    const held = this.kept.filter(({ state }) => state === 'held');
    const inOrder = order === 'reversed' ? held.reverse() : held;
    for (const one of inOrder) {
      one.state = 'waiting';
      one.dueAt = Math.max(one.dueAt, at);
      this.start(one, at);
    }
    return inOrder.length;
  }

  /** Sends what is due. */
  pump(now: number): void {
    for (const one of this.kept) this.start(one, now);
  }

  /** Resolves when everything that is under way has ended. */
  async idle(): Promise<void> {
    let seen: Promise<void> | null = null;
    while (seen !== this.chain) {
      seen = this.chain;
      await seen;
    }
  }

  clear(): void {
    this.kept = [];
  }

  /** Cuts what is under way. */
  async close(): Promise<void> {
    this.clear();
    this.end.abort();
    await this.idle();
  }

  private keep(made: Omit<Kept, 'id' | 'attempts' | 'running'>): string {
    const id = `webhook-${++this.count}`;
    this.kept.push({ ...made, id, attempts: [], running: false });
    if (this.kept.length > MAX_KEPT) this.kept = this.kept.slice(-MAX_KEPT / 2);
    return id;
  }

  private start(one: Kept, now: number): void {
    if (one.state !== 'waiting' || one.running || one.dueAt > now) return;
    one.running = true;
    this.chain = this.chain.then(async () => this.send(one));
  }

  private async send(one: Kept): Promise<void> {
    const headers = this.signed(one);
    const status = await post({ url: this.target.url, headers, body: bodyOf(one) }, this.end.signal);
    const at = this.now();
    one.attempts = [...one.attempts, { at, status }];
    one.running = false;
    if (status === 200) one.state = 'delivered';
    else if (one.attempts.length >= MAX_ATTEMPTS || one.forged !== null) one.state = 'given_up';
    else one.dueAt = at + RETRY_MS;
  }

  private signed({ body, forged }: Kept): Record<string, string> {
    const { secret } = this.target;
    if (forged === 'unsigned' || (secret === null && forged === null)) return {};
    const key = forged === 'wrong_secret' ? 'not the secret' : (secret ?? '');
    return { [this.manner.header]: createHmac('sha256', key).update(body).digest('base64') };
  }
}

function bodyOf({ body, forged }: Pick<Kept, 'body' | 'forged'>): string {
  return forged === 'changed_body' ? `${body} ` : body;
}
