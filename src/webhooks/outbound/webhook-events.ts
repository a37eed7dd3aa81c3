import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import { ConnectionChanges, type ConnectionChange } from '../../connections/connection-changes.js';
import { ConnectionView } from '../../connections/connection-view.js';
import type { Connection } from '../../connections/domain/connection.js';
import { askedOfUser, connectionData } from './domain/connection-data.js';
import { Outbox, type OutgoingEventType } from './outbox.js';

/** Tells the outbox what happens to connections, inside the transaction in which it happens. */
@Injectable()
export class WebhookEvents implements OnModuleInit {
  constructor(
    private readonly changes: ConnectionChanges,
    private readonly view: ConnectionView,
    private readonly outbox: Outbox,
  ) {}

  onModuleInit(): void {
    this.changes.follow(async (manager, change) => this.tell(manager, change));
  }

  private async tell(manager: EntityManager, change: ConnectionChange): Promise<void> {
    const types = this.typesOf(change);
    if (types.length === 0) return;
    const { after, event } = change;
    const data = connectionData(this.view.of(after), event);
    const { id: connectionId, userId } = after;
    for (const type of types) await this.outbox.add(manager, { type, userId, connectionId, data });
  }

  private typesOf({ before, after, event }: ConnectionChange): OutgoingEventType[] {
    const types: OutgoingEventType[] = [];
    if (before === null) types.push('connection.created');
    else if (event) types.push('connection.state_changed');
    if (this.asksAnew(before, after)) types.push('connection.action_required');
    if (after.state === 'deleted' && before?.state !== 'deleted') types.push('connection.deleted');
    return types;
  }

  /** The user must act now and did not have to before, or must do something else. */
  private asksAnew(before: Connection | null, after: Connection): boolean {
    const asked = askedOfUser(this.view.action(after));
    return asked !== null && (before === null || asked !== askedOfUser(this.view.action(before)));
  }
}
