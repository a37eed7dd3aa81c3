import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { readPage, readSession } from './flanks.bodies.js';
import { FlanksClient } from './flanks.client.js';
import { flanksFailure } from './flanks.errors.js';
import type { FlanksSession } from './flanks.types.js';

export interface NewSession {
  readonly redirectUrl: string;
  readonly connectorId?: string;
  /** The connection to repair. The key for it is our guess. */
  readonly connectionId?: string;
}

const REFUSALS = { unknown_element: 'provider.bad_response' } as const;

/** Connect v2: a session is created, used once on a hosted page, and read again as its own verification. */
@Injectable()
export class FlanksSessions {
  constructor(private readonly client: FlanksClient) {}

  /** An unused session is worth nothing, so a repeat does no harm. */
  async create(
    { redirectUrl, connectorId, connectionId }: NewSession,
    call: CallContext,
  ): Promise<Result<FlanksSession, ProviderFailure>> {
    const configuration = {
      redirect_url: redirectUrl,
      ...(connectorId !== undefined && { connector_id: connectorId }),
      ...(connectionId !== undefined && { connection_id: connectionId }),
    };
    return this.client.read(
      {
        method: 'POST',
        path: '/connect/v2/sessions/create-session',
        body: { configuration },
        retry: 'safe',
        changes: true,
        refusals: connectionId === undefined ? REFUSALS : {},
      },
      (body) => readSession(body.object('session')),
      call,
    );
  }

  /** Failures: `provider.bad_response` when Flanks has forgotten it. */
  async find(sessionId: string, call: CallContext): Promise<Result<FlanksSession, ProviderFailure>> {
    const page = await this.client.read(
      {
        method: 'POST',
        path: '/connect/v2/sessions/list-sessions',
        body: { query: { session_id_in: [sessionId] }, page_token: null },
        retry: 'safe',
        changes: false,
        refusals: REFUSALS,
      },
      readPage(readSession),
      call,
    );
    if (!page.ok) return page;
    const session = page.value.items.find((each) => each.sessionId === sessionId);
    return session ? ok(session) : fail(flanksFailure('provider.bad_response'));
  }
}
