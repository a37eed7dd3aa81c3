import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../../access/require-scope.decorator.js';
import { CachedRead, Etagged } from '../../cache/cached-read.decorator.js';
import { connectionTag, entryKey } from '../../cache/keys.js';
import { UuidPipe } from '../../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { PageQuery } from '../../platform/pagination/page.query.js';
import { dayIn } from '../domain/day.js';
import { ReadAccountData } from '../read-account-data.js';
import {
  AccountPageResponse,
  HoldingPageResponse,
  TransactionPageResponse,
  TransactionsQuery,
} from './account-data.dto.js';
import { AccountDataMapper, toHolding, toPageResponse, toTransaction } from './account-data.mapper.js';

interface Asked {
  readonly params: { readonly id: string };
  readonly query: unknown;
}

const keyOf = (kind: string) => (request: Asked) => {
  const { limit = '', cursor = '' } = request.query as Partial<Record<'limit' | 'cursor', unknown>>;
  return entryKey(kind, request.params.id.toLowerCase(), String(limit), String(cursor));
};
const tagsOf = ({ params }: Asked) => [connectionTag(params.id)];

/** What a connection's bank said last time. Never asks a provider; readable as long as the connection is not deleted. */
@ApiTags('account data')
@ApiProblems('request.invalid', 'request.invalid_cursor', 'connection.not_found')
@Controller('v1/connections/:id')
export class AccountDataController {
  constructor(
    private readonly read: ReadAccountData,
    private readonly mapper: AccountDataMapper,
  ) {}

  @Get('accounts')
  @RequireScope('accounts:read')
  @CachedRead({ key: keyOf('accounts'), tags: tagsOf })
  @ApiOperation({ summary: 'The accounts of a connection', description: 'Closed ones too, with `closedAt`.' })
  @ApiResponse({ status: 200, type: AccountPageResponse })
  async accounts(
    @Param('id', UuidPipe) id: string,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<AccountPageResponse> {
    return toPageResponse(await this.read.accounts(id, limit, cursor), (row) => this.mapper.toAccount(row));
  }

  @Get('holdings')
  @RequireScope('accounts:read')
  @CachedRead({ key: keyOf('holdings'), tags: tagsOf })
  @ApiOperation({ summary: 'The securities in the accounts of a connection' })
  @ApiResponse({ status: 200, type: HoldingPageResponse })
  async holdings(
    @Param('id', UuidPipe) id: string,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<HoldingPageResponse> {
    return toPageResponse(await this.read.holdings(id, limit, cursor), toHolding);
  }

  @Get('transactions')
  @RequireScope('transactions:read')
  @Etagged()
  @ApiOperation({ summary: 'The transactions of a connection', description: 'Newest first.' })
  @ApiResponse({ status: 200, type: TransactionPageResponse })
  @ApiProblems('account.not_found')
  async transactions(
    @Param('id', UuidPipe) id: string,
    @Query() { limit, cursor, from, to, ...rest }: TransactionsQuery,
  ): Promise<TransactionPageResponse> {
    const filter = { ...rest, ...(from && { from: dayIn(from) }), ...(to && { to: dayIn(to) }) };
    return toPageResponse(await this.read.transactions(id, filter, limit, cursor), toTransaction);
  }
}
