import { UnknownThing } from '../flinks-simulator.types.js';
import type { FlinksWorld } from '../flinks-world.js';
import { nightlyOrigin, webhookBody } from './webhook-body.js';
import type { Forgery, SentWebhook, WebhookControl, WebhookManner } from './webhook.types.js';

export class InProcessWebhooks implements WebhookControl {
  constructor(private readonly world: FlinksWorld) {}

  list(): readonly SentWebhook[] {
    this.world.now();
    return this.world.webhooks?.list() ?? [];
  }

  configure(manner: Partial<WebhookManner>): WebhookManner {
    const desk = this.desk();
    desk.manner = { ...desk.manner, ...manner };
    return desk.manner;
  }

  release(order: 'as_made' | 'reversed' = 'as_made'): number {
    return this.desk().release(order, this.world.now());
  }

  duplicate(id: string): string {
    const made = this.desk().duplicate(id, this.world.now());
    if (made === null) throw new UnknownThing(`webhook ${id}`);
    this.world.now();
    return made;
  }

  forge(loginId: string, forgery: Forgery): string {
    const at = this.world.now();
    const card = this.world.cards.find(loginId);
    if (!card) throw new UnknownThing(`card ${loginId}`);
    const body = webhookBody('GetAccountsDetail', card, nightlyOrigin(card));
    const id = this.desk().add({ responseType: 'GetAccountsDetail', loginId, body, forged: forgery }, at);
    this.world.now();
    return id;
  }

  async idle(): Promise<void> {
    this.world.now();
    await this.world.webhooks?.idle();
  }

  private desk(): NonNullable<FlinksWorld['webhooks']> {
    const { webhooks } = this.world;
    if (!webhooks) throw new UnknownThing('address for webhooks');
    return webhooks;
  }
}
