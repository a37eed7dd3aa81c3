import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

import { OrphanRepository } from './persistence/orphan.repository.js';

/** Orphans that nobody has dealt with. */
@Injectable()
export class OrphanMetrics {
  constructor(registry: Registry, orphans: OrphanRepository) {
    new Gauge({
      name: 'mooring_orphans',
      help: 'Credentials at a provider without a connection (upstream), and connections without a credential there (local).',
      labelNames: ['provider', 'kind'],
      registers: [registry],
      async collect() {
        // The other figures must not fail with the database.
        const counts = await orphans.openCounts().catch(() => null);
        this.reset();
        for (const { provider, kind, count } of counts ?? []) this.set({ provider, kind }, count);
      },
    });
  }
}
