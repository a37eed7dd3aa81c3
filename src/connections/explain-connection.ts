import { Injectable } from '@nestjs/common';

import { Clock } from '../platform/time/clock.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { explain, type Explanation } from './domain/explain.js';
import { MOST_REFUSALS } from './login-guard.js';
import { ExplanationRepository } from './persistence/explanation.repository.js';
import { RefreshAttemptRepository } from './persistence/refresh-attempt.repository.js';
import { ReadConnections } from './read-connections.js';

const EVENTS_TOLD = 20;
const ATTEMPTS_TOLD = 5;

/** What happened to a connection, on what evidence, and what comes next. Reads the database only. */
@Injectable()
export class ExplainConnection {
  constructor(
    private readonly read: ReadConnections,
    private readonly attempts: RefreshAttemptRepository,
    private readonly explanations: ExplanationRepository,
    private readonly providers: ProviderAccess,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `connection.not_found` */
  async run(id: string): Promise<Explanation> {
    const connection = await this.read.stored(id);
    const now = this.clock.now();
    const { fingerprint } = connection;
    const facts = {
      events: await this.read.latestEvents(id, EVENTS_TOLD),
      capabilities: this.providers.capabilities(connection.provider),
      attempts: await this.explanations.lastAttempts(id, ATTEMPTS_TOLD),
      spent: await this.attempts.spentToday(id, now),
      login: {
        refused: fingerprint === null ? 0 : await this.explanations.mostRefused(fingerprint),
        most: MOST_REFUSALS,
      },
    };
    return explain(connection, facts, now);
  }
}
