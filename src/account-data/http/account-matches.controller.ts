import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IsUUID, ValidateIf } from 'class-validator';

import { actorOf, type Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.decorator.js';
import { RequireScope } from '../../access/require-scope.decorator.js';
import { UuidPipe } from '../../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { PageQuery } from '../../platform/pagination/page.query.js';
import { AccountMatchRepository } from '../persistence/account-match.repository.js';
import { ResolveAccountMatch } from '../resolve-account-match.js';

export class AccountMatchResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  connectionId!: string;

  @ApiProperty({ format: 'uuid', description: 'The account that appeared.' })
  accountId!: string;

  @ApiProperty({ type: [String], description: 'Accounts that it may be.' })
  candidates!: string[];

  @ApiProperty({ format: 'date-time' })
  askedAt!: string;
}

export class AccountMatchPageResponse {
  @ApiProperty({ type: [AccountMatchResponse] })
  data!: AccountMatchResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export class ResolveAccountMatchRequest {
  @ApiProperty({
    ...{ type: String, format: 'uuid', nullable: true, required: true },
    description: 'One of the candidates: they are the same account, and this id stays. `null`: they are not.',
  })
  @ValidateIf(({ accountId }: ResolveAccountMatchRequest) => accountId !== null)
  @IsUUID()
  accountId!: string | null;
}

@ApiTags('admin')
@Controller('admin/account-matches')
export class AccountMatchesController {
  constructor(
    private readonly matches: AccountMatchRepository,
    private readonly resolution: ResolveAccountMatch,
  ) {}

  @Get()
  @RequireScope('admin')
  @ApiOperation({ summary: 'Accounts that may be the same', description: 'Open questions, oldest first.' })
  @ApiResponse({ status: 200, type: AccountMatchPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor')
  async list(@Query() { limit, cursor }: PageQuery): Promise<AccountMatchPageResponse> {
    const { data, nextCursor } = await this.matches.open(limit, cursor);
    return {
      data: data.map(({ id, connectionId, accountId, candidates, askedAt }) => ({
        ...{ id, connectionId, accountId, candidates },
        askedAt: askedAt.toISOString(),
      })),
      nextCursor,
    };
  }

  @Post(':id')
  @RequireScope('admin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Say whether two accounts are the same' })
  @ApiResponse({ status: 204, description: 'Merged, or kept apart.' })
  @ApiProblems('request.invalid', 'account_match.not_found', 'account.not_found')
  async resolve(
    @Param('id', UuidPipe) id: string,
    @Body() { accountId }: ResolveAccountMatchRequest,
    @CurrentCaller() caller: Caller,
  ): Promise<void> {
    await this.resolution.run(id, accountId?.toLowerCase() ?? null, actorOf(caller));
  }
}
