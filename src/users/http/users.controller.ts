import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { UuidPipe } from '../../platform/errors/uuid.pipe.js';
import { RequireScope } from '../../access/require-scope.decorator.js';
import { CachedRead } from '../../cache/cached-read.decorator.js';
import { Invalidates } from '../../cache/invalidates.decorator.js';
import { entryKey, userTag } from '../../cache/keys.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { CreateUser } from '../create-user.js';
import { UserRepository } from '../persistence/user.repository.js';
import { CreateUserRequest, ListUsersQuery, toUserResponse, UserPageResponse, UserResponse } from './user.dto.js';

@ApiTags('users')
@Controller('v1/users')
export class UsersController {
  constructor(
    private readonly creation: CreateUser,
    private readonly users: UserRepository,
  ) {}

  @Post()
  @RequireScope('users:write')
  @Invalidates<object, UserResponse>((_request, { id }) => [userTag(id)])
  @ApiOperation({ summary: 'Create a user' })
  @ApiResponse({ status: 201, type: UserResponse })
  @ApiProblems('request.invalid', 'user.duplicate')
  async create(
    @Body() { externalUserId, market, locale }: CreateUserRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserResponse> {
    const user = await this.creation.run({ externalUserId, market: market ?? null, locale: locale ?? null });
    reply.header('location', `/v1/users/${user.id}`);
    return toUserResponse(user);
  }

  @Get()
  @RequireScope('users:read')
  @ApiOperation({ summary: 'Find a user by your own id, or list all' })
  @ApiResponse({ status: 200, type: UserPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor')
  async list(@Query() { externalUserId, limit, cursor }: ListUsersQuery): Promise<UserPageResponse> {
    if (externalUserId !== undefined) {
      const user = await this.users.findByExternalId(externalUserId);
      return { data: user ? [toUserResponse(user)] : [], nextCursor: null };
    }
    const { data, nextCursor } = await this.users.page(limit, cursor);
    return { data: data.map(toUserResponse), nextCursor };
  }

  @Get(':id')
  @RequireScope('users:read')
  @CachedRead<{ id: string }>({
    key: ({ params }) => entryKey('user', params.id),
    tags: ({ params }) => [userTag(params.id)],
  })
  @ApiOperation({ summary: 'Read a user' })
  @ApiResponse({ status: 200, type: UserResponse })
  @ApiProblems('request.invalid', 'user.not_found')
  async get(@Param('id', UuidPipe) id: string): Promise<UserResponse> {
    return toUserResponse(await this.users.get(id));
  }
}
