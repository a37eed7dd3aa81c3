import { Module } from '@nestjs/common';

import { AccessModule } from '../access/access.module.js';
import { AuditController } from './audit.controller.js';
import { ClientsController } from './clients.controller.js';

/** The REST API for operators. */
@Module({ imports: [AccessModule], controllers: [ClientsController, AuditController] })
export class AdminModule {}
