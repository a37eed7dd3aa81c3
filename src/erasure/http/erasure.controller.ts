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
import { LOCATION, UserDeletionBegunResponse } from './erasure.dto.js';

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
      'All connections upstream, the users at the providers, then the traces here. 202 when it goes on later. Again: same receipt.',
  })
  @ApiResponse({ status: 204, description: 'Deleted.', headers: LOCATION })
  @ApiResponse({ status: 202, description: 'Being deleted.', type: UserDeletionBegunResponse, headers: LOCATION })
  @ApiProblems('request.invalid', 'user.not_found')
  async remove(
    @Param('id', UuidPipe) id: string,
    @CurrentCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<UserDeletionBegunResponse | undefined> {
    await this.audit.record({ actor: actorOf(caller), action: 'user.deletion_requested', subject: `user:${id}` });
    const { receiptId, done } = await this.deletion.run(id, apiOrigin(caller));
    reply.header('location', `/v1/deletions/${receiptId}`);
    if (done) return undefined;
    reply.status(202);
    return { receipt: receiptId, status: 'pending' };
  }
}
