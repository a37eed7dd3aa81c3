import { Global, Module } from '@nestjs/common';

import { ClockSkew } from './clock-skew.js';
import { DatabaseCheck } from './database-check.js';
import { DatabaseClock } from './database-clock.js';
import { HealthChecks } from './health-checks.js';

@Global()
@Module({ providers: [HealthChecks, DatabaseCheck, DatabaseClock, ClockSkew], exports: [HealthChecks] })
export class HealthModule {}
