import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { readListPage } from './flanks.bodies.js';
import { FlanksClient } from './flanks.client.js';
import { flanksFailure } from './flanks.errors.js';
import type { FlanksListPage, FlanksStatus } from './flanks.types.js';
import { FlanksStatuses } from './flanks-statuses.js';

/** The list is of the whole company and has no filter; an end must be somewhere. */
const MAX_PAGES = 500;
const AT_ONCE = 5;

export interface ListedCredential {
  readonly credentialsToken: string;
  readonly status: FlanksStatus;
}

/** Which credentials carry our user's id. */
@Injectable()
export class FlanksListing {
  constructor(
    private readonly client: FlanksClient,
    private readonly statuses: FlanksStatuses,
  ) {}

  /** The list's own `status` word is not documented, so each is read. Those that vanish meanwhile are left out. */
  async ofUser(
    user: ProviderUserRef,
    call: CallContext,
  ): Promise<Result<readonly ListedCredential[], ProviderFailure>> {
    const tokens = await this.tokensOf(user, call);
    if (!tokens.ok) return tokens;
    const listed: ListedCredential[] = [];
    for (let start = 0; start < tokens.value.length; start += AT_ONCE) {
      const group = tokens.value.slice(start, start + AT_ONCE);
      const read = await Promise.all(group.map(async (token) => this.statuses.read(token, call)));
      for (const [at, status] of read.entries()) {
        const credentialsToken = group[at] ?? '';
        if (status.ok) listed.push({ credentialsToken, status: status.value });
        else if (status.failure.code !== 'credential.not_found') return status;
      }
    }
    return ok(listed);
  }

  /** Credentials may move between pages while we read, so each counts once. */
  private async tokensOf(
    user: ProviderUserRef,
    call: CallContext,
  ): Promise<Result<readonly string[], ProviderFailure>> {
    const tokens = new Set<string>();
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const answer = await this.page(page, call);
      if (!answer.ok) return answer;
      for (const { credentialsToken, externalId } of answer.value.items) {
        if (externalId === user) tokens.add(credentialsToken);
      }
      if (page >= answer.value.pages || answer.value.items.length === 0) return ok([...tokens]);
    }
    return fail(flanksFailure('provider.bad_response', { evidence: { pages: MAX_PAGES } }));
  }

  /** As it stands at Flanks. @param page from 1; one past the last is empty. */
  async page(page: number, call: CallContext): Promise<Result<FlanksListPage, ProviderFailure>> {
    const path = '/v0/bank/credentials/list';
    const request = { method: 'POST', path, body: { page }, retry: 'safe', changes: false } as const;
    return this.client.read({ ...request, refusals: { unknown_element: 'provider.bad_response' } }, readListPage, call);
  }
}
