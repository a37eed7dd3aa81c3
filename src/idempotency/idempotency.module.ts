import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { AccessModule } from '../access/access.module.js';
import { AnswerRecorder } from './answer-recorder.js';
import { ForgetUserInAnswers } from './forget-user.js';
import { IdempotencyGuard } from './idempotency.guard.js';
import { KeptAnswers } from './kept-answers.js';
import { IdempotencyRepository } from './persistence/idempotency.repository.js';
import { PruneIdempotencyKeys } from './prune-idempotency-keys.js';

/** `Idempotency-Key`. Guards run in the order of their modules, and this one needs to know the caller. */
@Module({
  imports: [AccessModule],
  providers: [
    IdempotencyRepository,
    KeptAnswers,
    AnswerRecorder,
    PruneIdempotencyKeys,
    ForgetUserInAnswers,
    { provide: APP_GUARD, useClass: IdempotencyGuard },
  ],
  exports: [PruneIdempotencyKeys],
})
export class IdempotencyModule {}
