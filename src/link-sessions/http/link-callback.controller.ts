import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Public } from '../../access/public.decorator.js';
import { CompleteLinkVisit } from '../complete-link-visit.js';
import type { LinkSession } from '../link-session.js';
import type { VisitResult } from '../settle-link-visit.js';
import { CallbackPage } from './callback-page.js';

const MOST_PARAMETERS = 30;
const LONGEST_PARAMETER = 4096;

/** Where providers send users back to. Only the `state` of an open visit gets anything done here. */
@ApiTags('link sessions')
@Public("The user's browser comes here from the provider's page; the single-use state is the key.")
@Controller('link')
export class LinkCallbackController {
  constructor(
    private readonly visits: CompleteLinkVisit,
    private readonly page: CallbackPage,
  ) {}

  @Get(':provider/callback')
  @ApiOperation({ summary: "The user's browser comes back", description: 'Goes on to the redirectUrl of the visit.' })
  @ApiResponse({ status: 303, description: 'Query: linkSessionId, status, connectionId, cause, problem.' })
  @ApiResponse({ status: '4XX', description: 'A plain page with a problem code. Nothing was written.' })
  async back(
    @Param('provider') provider: string,
    @Query() query: Record<string, unknown>,
    @Req() { method }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
    // A program that looks at the address before the user does must not use the visit up.
    if (method === 'HEAD') {
      await reply.status(204).send();
      return;
    }
    try {
      const { state, ...rest } = texts(query);
      const { session, result } = await this.visits.run(provider, state, new Map(Object.entries(rest)));
      await reply.redirect(onwards(session, result), 303);
    } catch (error) {
      await this.page.answer(error, reply);
    }
  }
}

/** A parameter that comes twice, or is too long, is as good as none. */
function texts(query: Record<string, unknown>): Record<string, string> {
  const sound = Object.entries(query)
    .slice(0, MOST_PARAMETERS)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].length <= LONGEST_PARAMETER);
  return Object.fromEntries(sound);
}

/** The caller's own query stays. Nothing that the provider or the browser said is passed on. */
function onwards(session: LinkSession, result: VisitResult): string {
  const url = new URL(session.redirectUrl);
  url.searchParams.set('linkSessionId', session.id);
  if (result.status === 'waiting') {
    url.searchParams.set('status', 'completing');
    return url.href;
  }
  const { status, connectionId, cause, problem } = result;
  for (const [name, value] of Object.entries({ status, connectionId, cause, problem })) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}
