import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';

import { AccessGuard } from './access.guard.js';
import { Authenticator } from './authenticator.js';
import { CreateClient } from './create-client.js';
import { FirstClient } from './first-client.js';
import { KeyAuthenticator } from './key-authenticator.js';
import { KeyRecords } from './key-records.js';
import { ClientEntity } from './persistence/client.entity.js';
import { ClientKeyEntity } from './persistence/client-key.entity.js';
import { ClientRepository } from './persistence/client.repository.js';
import { KeyRepository } from './persistence/key.repository.js';
import { RevokeClient } from './revoke-client.js';
import { RoutePolicyCheck } from './route-policy-check.js';

/** Closes every route of the application. */
@Module({
  imports: [TypeOrmModule.forFeature([ClientEntity, ClientKeyEntity]), DiscoveryModule],
  providers: [
    ClientRepository,
    { provide: KeyRecords, useClass: KeyRepository },
    { provide: Authenticator, useClass: KeyAuthenticator },
    CreateClient,
    RevokeClient,
    FirstClient,
    RoutePolicyCheck,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [ClientRepository, CreateClient, RevokeClient],
})
export class AccessModule {}
