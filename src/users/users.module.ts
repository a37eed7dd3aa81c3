import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { AccessModule } from '../access/access.module.js';
import { ProvidersModule } from '../providers/registry/providers.module.js';
import { CreateUser } from './create-user.js';
import { EnsureProviderUser } from './ensure-provider-user.js';
import { AuthorizationsController } from './http/authorizations.controller.js';
import { UserTokensController } from './http/user-tokens.controller.js';
import { UsersController } from './http/users.controller.js';
import { ProviderUserEntity } from './persistence/provider-user.entity.js';
import { UserEntity } from './persistence/user.entity.js';
import { UserRepository } from './persistence/user.repository.js';
import { ProviderAuthorization } from './provider-authorization.js';
import { TokenSubjectsModule } from './token-subjects.js';
import { UserLocales } from './user-locales.js';
import { UserTracesModule } from './user-traces.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([UserEntity, ProviderUserEntity]),
    ProvidersModule,
    AccessModule,
    TokenSubjectsModule,
    UserTracesModule,
  ],
  controllers: [UsersController, AuthorizationsController, UserTokensController],
  providers: [UserRepository, UserLocales, CreateUser, EnsureProviderUser, ProviderAuthorization],
  exports: [UserRepository, EnsureProviderUser],
})
export class UsersModule {}
