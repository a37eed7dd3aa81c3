import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { ProviderId } from '../credentials/provider-id.js';
import type { SecretValue } from '../credentials/secret-value.js';
import type { Connection } from './domain/connection.js';
import type { NewConnectionEvent } from './domain/connection-event.js';
import { ConnectionEventRepository } from './persistence/connection-event.repository.js';

/** One write of a connection by the lifecycle. */
export interface ConnectionChange {
  /** `null` = the connection is new. */
  readonly before: Connection | null;
  readonly after: Connection;
  /** The line of its history; `null` = facts were brought up to date, the state did not change. */
  readonly event: NewConnectionEvent | null;
}

/** A credential that came when its connection was deleted, or has another one. */
export interface StrandedCredential {
  /** `null` = there never was one. */
  readonly connectionId: string | null;
  readonly userId: string;
  readonly provider: ProviderId;
  readonly credentialId: SecretValue;
}

export type StrandingFollower = (manager: EntityManager, stranded: StrandedCredential) => Promise<void>;

/** Writes what follows from a change. A rejection undoes the change. */
export type ChangeFollower = (manager: EntityManager, change: ConnectionChange) => Promise<void>;

/**
 * The history of connections, and where other rooms hear of changes: inside the transaction that makes them, so that
 * jobs and outgoing events stand or fall with their cause. Followers are declared in `onModuleInit`.
 */
@Injectable()
export class ConnectionChanges {
  private readonly followers: ChangeFollower[] = [];
  private readonly strandings: StrandingFollower[] = [];

  constructor(private readonly events: ConnectionEventRepository) {}

  follow(follower: ChangeFollower): void {
    this.followers.push(follower);
  }

  followStranded(follower: StrandingFollower): void {
    this.strandings.push(follower);
  }

  async strand(manager: EntityManager, stranded: StrandedCredential): Promise<void> {
    for (const follower of this.strandings) await follower(manager, stranded);
  }

  /** Writes the history and tells the followers, one after the other: a transaction is one connection. */
  async record(manager: EntityManager, change: ConnectionChange): Promise<void> {
    if (change.event) await this.events.append(manager, change.after.id, change.event);
    for (const follower of this.followers) await follower(manager, change);
  }
}
