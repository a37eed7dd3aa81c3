import { Controller, Get, Header, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { RequireScope } from '../../access/require-scope.decorator.js';
import { UuidPipe } from '../../platform/errors/uuid.pipe.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { ReadStatements } from '../read-statements.js';
import { StatementListResponse } from './account-data.dto.js';
import { statementFileName } from './statement-file-name.js';

/** Account statements, fetched from the provider on request. Never cached. */
@ApiTags('account data')
@ApiProblems('request.invalid', 'connection.not_found', 'capability_unsupported', 'data.not_ready')
@ApiProblems('provider.unknown', 'credential.not_found', 'provider.unavailable', 'provider.timeout')
@ApiProblems('provider.rate_limited', 'provider.bad_response')
@Controller('v1/connections/:id/statements')
export class StatementsController {
  constructor(private readonly statements: ReadStatements) {}

  @Get()
  @RequireScope('accounts:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The account statements that the bank offers', description: 'Newest first.' })
  @ApiResponse({ status: 200, type: StatementListResponse })
  async list(@Param('id', UuidPipe) id: string): Promise<StatementListResponse> {
    const listed = await this.statements.list(id);
    return {
      data: listed.map(({ id: statementId, accountId, name, day }) => ({ id: statementId, accountId, name, day })),
      nextCursor: null,
    };
  }

  @Get(':statementId')
  @RequireScope('accounts:read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A statement as PDF' })
  @ApiResponse({ status: 200, content: { 'application/pdf': { schema: { type: 'string', format: 'binary' } } } })
  @ApiProblems('statement.not_found')
  async document(
    @Param('id', UuidPipe) id: string,
    @Param('statementId', UuidPipe) statementId: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { name, pdf } = await this.statements.document(id, statementId);
    await reply
      .type('application/pdf')
      .header('content-disposition', `attachment; filename="${statementFileName(name)}"`)
      .send(Buffer.from(pdf));
  }
}
