import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { Sealer } from '../platform/crypto/sealer.js';
import { OutgoingHttpModule } from '../platform/http/outgoing-http.module.js';
import { AccessGuard } from './access.guard.js';
import { Authenticator } from './authenticator.js';
import { BearerAuthenticator } from './bearer-authenticator.js';
import { CreateClient } from './create-client.js';
import { FirstClient } from './first-client.js';
import { KeyAuthenticator } from './key-authenticator.js';
import { KeyRecords } from './key-records.js';
import { OidcAuthenticator } from './oidc/oidc-authenticator.js';
import { OidcKeys } from './oidc/oidc-keys.js';
import { ClientEntity } from './persistence/client.entity.js';
import { ClientKeyEntity } from './persistence/client-key.entity.js';
import { ClientRepository } from './persistence/client.repository.js';
import { KeyRepository } from './persistence/key.repository.js';
import { RevokeClient } from './revoke-client.js';
import { RoutePolicyCheck } from './route-policy-check.js';
import { IssueUserToken } from './user-tokens/issue-user-token.js';
import { TokenStanding } from './user-tokens/token-standing.js';
import { UserBoundary } from './user-tokens/user-boundary.js';
import { UserTokenAuthenticator } from './user-tokens/user-token-authenticator.js';
import { UserTokenKey, userTokenKey } from './user-tokens/user-token-key.js';
import { UserTokens } from './user-tokens/user-tokens.js';

const USER_TOKENS = [
  {
    provide: UserTokenKey,
    useFactory: async (database: DataSource, sealer: Sealer) => userTokenKey(database, sealer),
    inject: [DataSource, Sealer],
  },
  UserTokens,
  TokenStanding,
  UserTokenAuthenticator,
  UserBoundary,
  IssueUserToken,
];

/** Closes every route of the application. Whose things are, it hears from the rooms that export the ports globally. */
@Module({
  imports: [TypeOrmModule.forFeature([ClientEntity, ClientKeyEntity]), DiscoveryModule, OutgoingHttpModule],
  providers: [
    ClientRepository,
    { provide: KeyRecords, useClass: KeyRepository },
    KeyAuthenticator,
    OidcKeys,
    OidcAuthenticator,
    ...USER_TOKENS,
    { provide: Authenticator, useClass: BearerAuthenticator },
    CreateClient,
    RevokeClient,
    FirstClient,
    RoutePolicyCheck,
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [ClientRepository, CreateClient, RevokeClient, IssueUserToken],
})
export class AccessModule {}
