import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { ProvidersModule } from '../providers/registry/providers.module.js';
import { CreateUser } from './create-user.js';
import { EnsureProviderUser } from './ensure-provider-user.js';
import { AuthorizationsController } from './http/authorizations.controller.js';
import { UsersController } from './http/users.controller.js';
import { ProviderUserEntity } from './persistence/provider-user.entity.js';
import { UserEntity } from './persistence/user.entity.js';
import { UserRepository } from './persistence/user.repository.js';
import { ProviderAuthorization } from './provider-authorization.js';

@Module({
  imports: [TypeOrmModule.forFeature([UserEntity, ProviderUserEntity]), ProvidersModule],
  controllers: [UsersController, AuthorizationsController],
  providers: [UserRepository, CreateUser, EnsureProviderUser, ProviderAuthorization],
  exports: [UserRepository, EnsureProviderUser],
})
export class UsersModule {}
