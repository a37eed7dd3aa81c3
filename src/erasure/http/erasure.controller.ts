import { Controller, Delete, HttpCode, Param, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { UuidPipe } from '../../platform/errors/uuid.pipe.js';
import { actorOf, type Caller } from '../../access/caller.js';
import { CurrentCaller } from '../../access/current-caller.decorator.js';
import { RequireScope } from '../../access/require-scope.decorator.js';
import { AuditLog } from '../../audit/audit-log.js';
import { Invalidates } from '../../cache/invalidates.decorator.js';
import { userTag } from '../../cache/keys.js';
import { apiOrigin } from '../../connections/origin.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { DeleteUser } from '../delete-user.js';

@ApiTags('users')
@Controller('v1/users')
export class ErasureController {
  constructor(
    private readonly deletion: DeleteUser,
    private readonly audit: AuditLog,
  ) {}

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('users:write')
  @Invalidates(({ params }) => [userTag(params.id)])
  @ApiOperation({
    summary: 'Delete a user everywhere',
    description:
      'All connections upstream, the users at the providers, then the traces here. 202 when it goes on later.',
  })
  @ApiResponse({ status: 204, description: 'Deleted.' })
  @ApiResponse({ status: 202, description: 'Being deleted; Mooring goes on by itself.' })
  @ApiProblems('request.invalid', 'user.not_found')
  async remove(
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.audit.record({ actor: actorOf(caller), action: 'user.deletion_requested', subject: `user:${id}` });
    if (await this.deletion.run(id, apiOrigin(caller))) return;
    reply.status(202).header('location', `/v1/users/${id}`);
  }
}
