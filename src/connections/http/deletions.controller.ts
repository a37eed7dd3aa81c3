import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import type { Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.decorator.js';
import { RequireScope } from '../../access/require-scope.decorator.js';
import { Etagged } from '../../cache/cached-read.decorator.js';
import { Failure } from '../../platform/errors/failure.js';
import { UuidPipe } from '../../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { ReadDeletions } from '../deletion-reading.js';
import { DeletionPageResponse, DeletionResponse, ListDeletionsQuery, toDeletionResponse } from './deletion.dto.js';

/** Receipts of users take a scope more. */
const OF_USERS = 'users:read';

@ApiTags('deletions')
@Controller('v1/deletions')
export class DeletionsController {
  constructor(private readonly deletions: ReadDeletions) {}

  @Get()
  @RequireScope('credentials:read')
  @ApiOperation({
    summary: 'List receipts of deletions',
    description: 'Newest first. Those of users only with the scope `users:read` too.',
  })
  @ApiResponse({ status: 200, type: DeletionPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor')
  async list(@Query() query: ListDeletionsQuery, @CurrentCaller() caller: Caller): Promise<DeletionPageResponse> {
    const { userId, limit, cursor } = query;
    const filter = { userId: userId?.toLowerCase(), ...(caller.scopes.has(OF_USERS) ? {} : ONLY_CONNECTIONS) };
    const { data, nextCursor } = await this.deletions.list(filter, limit, cursor);
    return { data: data.map(toDeletionResponse), nextCursor };
  }

  @Get(':id')
  @RequireScope('credentials:read')
  @Etagged()
  @ApiOperation({
    summary: 'Read the receipt of a deletion',
    description: 'From the request on. That of a user only with the scope `users:read` too.',
  })
  @ApiResponse({ status: 200, type: DeletionResponse })
  @ApiProblems('request.invalid', 'deletion.not_found')
  async get(@Param('id', UuidPipe) id: string, @CurrentCaller() caller: Caller): Promise<DeletionResponse> {
    const receipt = await this.deletions.one(id);
    if (receipt.subjectKind === 'user' && !caller.scopes.has(OF_USERS)) {
      throw new Failure('access.denied', { detail: `The scope ${OF_USERS} is needed for the receipt of a user.` });
    }
    return toDeletionResponse(receipt);
  }
}

const ONLY_CONNECTIONS = { subjectKind: 'connection' } as const;
