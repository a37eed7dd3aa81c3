import type { MigrationInterface } from 'typeorm';

import { Clients1763600000000 } from './1763600000000-clients.js';
import { Connections1763600100000 } from './1763600100000-connections.js';

import { LinkSessions1763600200000 } from './1763600200000-link-sessions.js';
import { InstallationSecrets1763600300000 } from './1763600300000-installation-secrets.js';
import { ProviderUserIntents1763600400000 } from './1763600400000-provider-user-intents.js';
import { ScheduledTasks1763700000000 } from './1763700000000-scheduled-tasks.js';
import { RefreshProtocol1763700100000 } from './1763700100000-refresh-protocol.js';
import { AbandonedLeases1763700110000 } from './1763700110000-abandoned-leases.js';
import { AccountData1763700200000 } from './1763700200000-account-data.js';
import { WebhooksOutbound1763700300000 } from './1763700300000-webhooks-outbound.js';
import { WebhooksInbound1763700400000 } from './1763700400000-webhooks-inbound.js';
import { Idempotency1763700500000 } from './1763700500000-idempotency.js';
import { ProviderPace1763700600000 } from './1763700600000-provider-pace.js';
import { KeyRotation1763700610000 } from './1763700610000-key-rotation.js';
import { AdminSearch1763700620000 } from './1763700620000-admin-search.js';
import { DeletionReceipts1763700700000 } from './1763700700000-deletion-receipts.js';
import { Orphans1763700710000 } from './1763700710000-orphans.js';
import { AnnouncementMarks1763700790000 } from './1763700790000-announcement-marks.js';
import { Announcements1763700800000 } from './1763700800000-announcements.js';
import { FormerCredentials1763700900000 } from './1763700900000-former-credentials.js';
import { SyncHolds1763701000000 } from './1763701000000-sync-holds.js';
import { DeletionSession1763701100000 } from './1763701100000-deletion-session.js';
import { NeverEmptied1763701200000 } from './1763701200000-never-emptied.js';
import { InboxBodiesLeft1763701210000 } from './1763701210000-inbox-bodies-left.js';
import { ReadingParts1763701300000 } from './1763701300000-reading-parts.js';
import { MovingWatches1763701400000 } from './1763701400000-moving-watches.js';

/** Every migration, oldest first. Append only; a released migration never changes. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  Clients1763600000000,
  Connections1763600100000,
  LinkSessions1763600200000,
  InstallationSecrets1763600300000,
  ProviderUserIntents1763600400000,
  ScheduledTasks1763700000000,
  RefreshProtocol1763700100000,
  AbandonedLeases1763700110000,
  AccountData1763700200000,
  WebhooksOutbound1763700300000,
  WebhooksInbound1763700400000,
  Idempotency1763700500000,
  ProviderPace1763700600000,
  KeyRotation1763700610000,
  AdminSearch1763700620000,
  DeletionReceipts1763700700000,
  Orphans1763700710000,
  AnnouncementMarks1763700790000,
  Announcements1763700800000,
  FormerCredentials1763700900000,
  SyncHolds1763701000000,
  DeletionSession1763701100000,
  NeverEmptied1763701200000,
  InboxBodiesLeft1763701210000,
  ReadingParts1763701300000,
  MovingWatches1763701400000,
];
