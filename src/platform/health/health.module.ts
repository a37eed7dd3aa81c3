import { Global, Module } from '@nestjs/common';

import { DatabaseCheck } from './database-check.js';
import { HealthChecks } from './health-checks.js';

@Global()
@Module({ providers: [HealthChecks, DatabaseCheck], exports: [HealthChecks] })
export class HealthModule {}
