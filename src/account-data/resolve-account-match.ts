import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

import { AuditLog } from '../audit/audit-log.js';
import { connectionTag, userTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { MergeAccounts } from './merge-accounts.js';
import { AccountMatchRepository, type OpenQuestion } from './persistence/account-match.repository.js';

/** A person says whether a new account is one of ours. */
@Injectable()
export class ResolveAccountMatch {
  private readonly log = new Logger(ResolveAccountMatch.name);

  constructor(
    private readonly database: DataSource,
    private readonly matches: AccountMatchRepository,
    private readonly accounts: MergeAccounts,
    private readonly audit: AuditLog,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {}

  /**
   * @param accountId one of the question's candidates, which keeps its id; `null` = they are different accounts.
   * @throws Failure `account_match.not_found`, `account.not_found`, `request.invalid`
   */
  async run(id: string, accountId: string | null, actor: string): Promise<void> {
    const question = await this.matches.find(id);
    if (!question) throw unknownQuestion();
    if (accountId !== null && !question.candidates.includes(accountId)) {
      const message = 'accountId must be one of the candidates, or null';
      throw new Failure('request.invalid', { violations: [{ pointer: '/accountId', message }] });
    }
    const userId = await this.database.transaction(async (manager) =>
      this.resolve(manager, question, accountId, actor),
    );
    const { connectionId } = question;
    await this.cache.invalidate([connectionTag(connectionId), ...(userId === null ? [] : [userTag(userId)])]);
    this.log.log({ connectionId, questionId: id, merged: accountId !== null }, 'account match resolved');
  }

  private async resolve(manager: EntityManager, question: OpenQuestion, accountId: string | null, actor: string) {
    const userId =
      accountId === null
        ? null
        : await this.accounts.run(manager, question.connectionId, accountId, question.accountId);
    const end = { at: this.clock.now(), by: actor, mergedInto: accountId };
    if (!(await this.matches.resolve(manager, question.id, end))) throw unknownQuestion();
    const { connectionId, accountId: asked } = question;
    const detail = { connectionId, accountId: asked, mergedInto: accountId ?? 'none' };
    await this.audit.record(
      { actor, action: 'account_match.resolved', subject: `account_match:${question.id}`, detail },
      manager,
    );
    return userId;
  }
}

function unknownQuestion(): Failure {
  return new Failure('account_match.not_found', { detail: 'There is no open question with this id.' });
}
