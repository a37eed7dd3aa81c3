import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ConnectionsModule } from '../connections/connections.module.js';
import { ProvidersModule } from '../providers/registry/providers.module.js';
import { CheckMissed } from './check-missed.js';
import { CompareCredentials } from './compare-credentials.js';
import { FinishSweep } from './finish-sweep.js';
import { HandOverOrphans } from './hand-over-orphans.js';
import { OrphanMetrics } from './orphan-metrics.js';
import { OrphanEntity } from './persistence/orphan.entity.js';
import { OrphanRepository } from './persistence/orphan.repository.js';
import { SightingRepository } from './persistence/sighting.repository.js';
import { SuspectRepository } from './persistence/suspect.repository.js';
import { SweepRepository } from './persistence/sweep.repository.js';
import { ReconcileProvider } from './reconcile-provider.js';
import { ReconcileProviders } from './reconcile-providers.js';
import { ResolveOrphan } from './resolve-orphan.js';
import { SweepSteps } from './sweep-steps.js';
import { UpstreamCredentials } from './upstream-credentials.js';

const PERSISTENCE = [OrphanRepository, SuspectRepository, SightingRepository, SweepRepository];
const USE_CASES = [
  UpstreamCredentials,
  CompareCredentials,
  CheckMissed,
  FinishSweep,
  SweepSteps,
  ReconcileProvider,
  ReconcileProviders,
  ResolveOrphan,
  HandOverOrphans,
];

/** Looks for what providers have and we do not know, and for what we have and they do not know. */
@Module({
  imports: [TypeOrmModule.forFeature([OrphanEntity]), ConnectionsModule, ProvidersModule],
  providers: [...PERSISTENCE, ...USE_CASES, OrphanMetrics],
  exports: [OrphanRepository, ReconcileProvider, ReconcileProviders, ResolveOrphan],
})
export class ReconcileModule {}
