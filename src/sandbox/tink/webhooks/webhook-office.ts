import { randomBytes } from 'node:crypto';
import { isSettled } from '../machine/transitions.js';
import type { Credential } from '../machine/credential.js';
import { conflict, notFound } from '../tink-error.js';
import { newId, type TinkWorld } from '../tink-world.js';
import { accountEvents, EVENTS, refreshFinished, type TinkEvent } from './events.js';
import type { Mark, WebhookEndpoint } from './webhook-book.js';
import { type Delivery, type Forgery, WebhookSender, type WebhookSwitches } from './webhook-sender.js';

export type EndpointChange = Partial<Pick<WebhookEndpoint, 'url' | 'description' | 'disabled' | 'enabledEvents'>>;

const NOTHING_TOLD: Mark = { statusUpdated: 0, dataAsOf: null, mints: 0 };
const MOST_STALE_MARKS = 1000;
/** Real time between two looks at the clock. */
const LOOK_MS = 250;

/** Finds out what happened, and tells the endpoints. State follows from the clock, so somebody has to look. */
export class WebhookOffice {
  private readonly sender: WebhookSender;
  private readonly fixed: WebhookEndpoint | null;
  private readonly looking: NodeJS.Timeout;
  private running: Promise<void> | null = null;

  constructor(private readonly world: TinkWorld) {
    this.sender = new WebhookSender(() => world.now());
    const { webhookUrl: url, webhookSecret: secret } = world.options;
    // What happened before anybody listened is not told.
    if (world.webhooks.marks.size === 0) this.tell();
    const at = world.now();
    const known = { id: 'fixed', description: '', disabled: false, enabledEvents: EVENTS };
    this.fixed = url && secret ? { ...known, url, secret, createdAt: at, updatedAt: at } : null;
    this.looking = setInterval(() => {
      this.look().catch(() => undefined);
    }, LOOK_MS);
    this.looking.unref();
  }

  /** @throws TinkError 409 for an address that has these events already. */
  create(url: string, enabledEvents: readonly string[], description: string, disabled: boolean): WebhookEndpoint {
    const events = [...enabledEvents].sort().join();
    const { endpoints } = this.world.webhooks;
    const same = [...endpoints.values()].some(
      (one) => one.url === url && [...one.enabledEvents].sort().join() === events,
    );
    if (same) throw conflict('A webhook endpoint with this url and these events exists');
    // What happened before is not told.
    this.tell();
    const now = this.world.now();
    const secret = randomBytes(24).toString('hex');
    const endpoint = { id: newId(), url, description, disabled, enabledEvents, createdAt: now, updatedAt: now, secret };
    endpoints.set(endpoint.id, endpoint);
    return endpoint;
  }

  change(id: string, change: EndpointChange): WebhookEndpoint {
    const endpoint = this.world.webhooks.endpoints.get(id);
    if (!endpoint) throw notFound('Webhook endpoint');
    this.tell();
    const changed = { ...endpoint, ...change, updatedAt: this.world.now() };
    this.world.webhooks.endpoints.set(id, changed);
    return changed;
  }

  delete(id: string): void {
    if (!this.world.webhooks.endpoints.delete(id)) throw notFound('Webhook endpoint');
  }

  set({ duplicate, reorder, delayMs }: WebhookSwitches): void {
    if (duplicate !== undefined) this.sender.duplicate = duplicate;
    if (reorder !== undefined) this.sender.reorder = reorder;
    if (delayMs !== undefined) this.sender.delayMs = delayMs;
  }

  /** To every endpoint, about this credential. */
  forge(how: Forgery, credential: Credential): void {
    const event = refreshFinished({ ...credential, status: 'UPDATED' }, this.contextOf(credential));
    for (const one of event) this.enqueue(one, how);
  }

  deliveries(): readonly Delivery[] {
    return this.sender.list();
  }

  /** Resolves when everything that is due by the simulator's clock was sent. */
  async flush(): Promise<void> {
    do await this.look();
    while (this.sender.hasDue());
    await this.running;
  }

  reset(): void {
    this.sender.clear();
  }

  async stop(): Promise<void> {
    clearInterval(this.looking);
    this.sender.stop();
    await this.running;
  }

  private async look(): Promise<void> {
    if (this.active().length > 0) this.tell();
    this.running ??= this.sender.sendDue().finally(() => {
      this.running = null;
    });
    await this.running;
  }

  private active(): readonly WebhookEndpoint[] {
    const all = [...this.world.webhooks.endpoints.values(), ...(this.fixed ? [this.fixed] : [])];
    return all.filter(({ disabled }) => !disabled);
  }

  /** Puts into the queue what happened since the last time, for those who listen. */
  private tell(): void {
    const { webhooks, file } = this.world;
    const credentials = this.world.allCredentials();
    const changed = credentials.filter((credential) => isNews(credential, webhooks.marks.get(credential.id)));
    for (const credential of changed) {
      const { id, statusUpdated, dataAsOf, mints = 0 } = credential;
      for (const event of this.eventsOf(credential, webhooks.marks.get(id) ?? NOTHING_TOLD)) this.enqueue(event);
      webhooks.marks.set(id, { statusUpdated, dataAsOf, mints });
    }
    if (webhooks.marks.size > credentials.length + MOST_STALE_MARKS) {
      const present = new Set(credentials.map(({ id }) => id));
      for (const id of webhooks.marks.keys()) if (!present.has(id)) webhooks.marks.delete(id);
    }
    if (changed.length > 0) file.saveSoon();
  }

  private eventsOf(credential: Credential, mark: Mark): readonly TinkEvent[] {
    const context = this.contextOf(credential);
    const finished = refreshFinished(credential, context);
    if (credential.dataAsOf === mark.dataAsOf) return finished;
    const before = this.world.accountsOf({ ...credential, dataAsOf: mark.dataAsOf, mints: mark.mints });
    return [...finished, ...accountEvents(credential.id, context, before, this.world.accountsOf(credential))];
  }

  private contextOf({ userId }: Credential): TinkEvent['context'] {
    return { userId, externalUserId: this.world.users.get(userId)?.externalUserId ?? null };
  }

  private enqueue({ event, credentialsId, context, content }: TinkEvent, forgery?: Forgery): void {
    const body = JSON.stringify({ context, content, event });
    for (const { url, secret, enabledEvents } of this.active()) {
      if (!enabledEvents.includes(event)) continue;
      this.sender.add({ event, credentialsId, url, secret, body, ...(forgery && { forgery }) });
    }
  }
}

function isNews({ status, statusUpdated, run }: Credential, mark = NOTHING_TOLD): boolean {
  return run === null && isSettled(status) && statusUpdated > mark.statusUpdated;
}
