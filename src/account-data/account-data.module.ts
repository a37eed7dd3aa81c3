import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ConnectionsModule } from '../connections/connections.module.js';
import { ProvidersModule } from '../providers/registry/providers.module.js';
import { DataJobs } from './data-jobs.js';
import { DataMetrics } from './data-metrics.js';
import { AccountDataController } from './http/account-data.controller.js';
import { AccountDataMapper } from './http/account-data.mapper.js';
import { AccountMatchesController } from './http/account-matches.controller.js';
import { StatementsController } from './http/statements.controller.js';
import { HintedLoads } from './hinted-loads.js';
import { LoadAccountData } from './load-account-data.js';
import { MergeAccounts } from './merge-accounts.js';
import { MergeReading } from './merge-reading.js';
import { AccountDataListRepository } from './persistence/account-data-list.repository.js';
import { AccountDataWriter } from './persistence/account-data.writer.js';
import { AccountMatchQuestionEntity } from './persistence/account-match-question.entity.js';
import { AccountMatchRepository } from './persistence/account-match.repository.js';
import { AccountEntity } from './persistence/account.entity.js';
import { DataReadingEntity } from './persistence/data-reading.entity.js';
import { DataReadingRepository } from './persistence/data-reading.repository.js';
import { HoldingEntity } from './persistence/holding.entity.js';
import { KnownDataRepository } from './persistence/known-data.repository.js';
import { ReadingMapper } from './persistence/reading.mapper.js';
import { StatementEntity } from './persistence/statement.entity.js';
import { StatementRepository } from './persistence/statement.repository.js';
import { TransactionEntity } from './persistence/transaction.entity.js';
import { PlanReading } from './plan-reading.js';
import { PurgeAccountData } from './purge-account-data.js';
import { ReadAccountData } from './read-account-data.js';
import { ReadPages } from './read-pages.js';
import { ReadStatements } from './read-statements.js';
import { ReadingClaims } from './reading-claims.js';
import { ResolveAccountMatch } from './resolve-account-match.js';
import { RetryDueLoads } from './retry-due-loads.js';
import { TallyAccountData } from './tally-account-data.js';

export const ACCOUNT_DATA_ENTITIES = [
  AccountEntity,
  TransactionEntity,
  HoldingEntity,
  DataReadingEntity,
  StatementEntity,
  AccountMatchQuestionEntity,
];

const PERSISTENCE = [
  ReadingMapper,
  KnownDataRepository,
  DataReadingRepository,
  AccountDataWriter,
  AccountDataListRepository,
  AccountMatchRepository,
  StatementRepository,
];

const USE_CASES = [
  ReadingClaims,
  ReadPages,
  PlanReading,
  MergeReading,
  LoadAccountData,
  RetryDueLoads,
  PurgeAccountData,
  ReadAccountData,
  ReadStatements,
  MergeAccounts,
  ResolveAccountMatch,
];

/** Accounts, transactions and holdings of all providers in one shape. The outbox and the queues come from global modules. */
@Module({
  imports: [TypeOrmModule.forFeature(ACCOUNT_DATA_ENTITIES), ConnectionsModule, ProvidersModule],
  controllers: [AccountDataController, StatementsController, AccountMatchesController],
  providers: [...PERSISTENCE, ...USE_CASES, DataMetrics, DataJobs, HintedLoads, TallyAccountData, AccountDataMapper],
  exports: [LoadAccountData, RetryDueLoads, PurgeAccountData],
})
export class AccountDataModule {}
