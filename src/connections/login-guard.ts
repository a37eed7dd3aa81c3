import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import type { SecretValue } from '../credentials/secret-value.js';
import { LookupHash } from '../platform/crypto/lookup-hash.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ConnectionChanges, type ConnectionChange } from './connection-changes.js';
import type { Connection } from './domain/connection.js';
import type { CheckedLogin } from './checked-login.js';
import { LoginRefusalRepository } from './persistence/login-refusal.repository.js';

/** Banks lock a login after a few wrong passwords; the same one never gets that far. Source: domain.md §7. */
export const MOST_REFUSALS = 3;

/**
 * Keeps a login that the bank refused from being tried until the bank locks the user out. Counts over all processes
 * and over every way to the bank, until the user gives other input or the login works.
 */
@Injectable()
export class LoginGuard implements OnModuleInit {
  constructor(
    private readonly refusals: LoginRefusalRepository,
    private readonly lookup: LookupHash,
    private readonly changes: ConnectionChanges,
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.changes.follow(async (manager, change) => this.follow(manager, change));
  }

  /** Before a login goes to the bank. @throws Failure `login.guarded` */
  async admit({ fingerprint, fields }: CheckedLogin): Promise<void> {
    if (fingerprint === null) return;
    const refused = await this.refusals.tried(fingerprint, this.inputOf(fingerprint, fields), this.clock.now());
    if (refused < MOST_REFUSALS) return;
    throw new Failure('login.guarded', {
      detail: `The bank refused exactly this login ${String(refused)} times. Ask the user for the right one.`,
    });
  }

  /** The bank refused a login for which there is no connection. */
  async refused({ fingerprint }: CheckedLogin): Promise<void> {
    if (fingerprint !== null) await this.refusals.refused(this.database.manager, fingerprint);
  }

  private async follow(manager: EntityManager, { before, after }: ConnectionChange): Promise<void> {
    if (after.fingerprint === null) return;
    const counted = after.wrongLoginCount > (before?.wrongLoginCount ?? 0);
    const first = before === null && after.cause === 'wrong_credentials';
    if (counted || first || isGivenUp(before, after)) {
      await this.refusals.refused(manager, after.fingerprint);
    } else if (after.state === 'active' && before?.state !== 'active') {
      await this.refusals.forget(manager, after.fingerprint);
    }
  }

  private inputOf(fingerprint: string, fields: ReadonlyMap<string, SecretValue>): string {
    const parts = [...fields]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([name, value]) => [name, value.reveal('to know a refused login when it is tried again')]);
    return this.lookup.of('login-input', fingerprint, ...parts);
  }
}

/**
 * Deleted while the bank still judges its first login. What it says will never be read, so it counts as a refusal:
 * otherwise deleting quickly would let the same login be sent without end.
 */
function isGivenUp(before: Connection | null, after: Connection): boolean {
  if (before === null || after.state !== 'deleting' || before.lastSuccessAt !== null) return false;
  return before.state === 'pending' || before.state === 'authenticating';
}
