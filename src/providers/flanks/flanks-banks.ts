import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { parsedItems } from '../../platform/http/json-shape.js';
import { bodyJson } from '../../platform/http/outgoing-outcome.js';
import { readConnector, readEntity, readPage } from './flanks.bodies.js';
import { FlanksClient } from './flanks.client.js';
import { flanksFailure, nonsense } from './flanks.errors.js';
import type { FlanksBank, FlanksPage } from './flanks.types.js';

type Banks = Result<readonly FlanksBank[], ProviderFailure>;

const MAX_PAGES = 100;
const REFUSALS = { unknown_element: 'provider.bad_response' } as const;

/** Flanks' two lists of banks; their ids are of different kinds. */
@Injectable()
export class FlanksBanks {
  constructor(private readonly client: FlanksClient) {}

  /** One bare array with everything. */
  async entities(call: CallContext): Promise<Banks> {
    const request = { method: 'GET', path: '/v0/bank/available', retry: 'safe', changes: false } as const;
    const answer = await this.client.send({ ...request, refusals: REFUSALS }, call);
    if (!answer.ok) return answer;
    const banks = parsedItems(bodyJson(answer.value), readEntity);
    return banks ? ok(banks) : fail(nonsense(answer.value, false));
  }

  async connectors(call: CallContext): Promise<Banks> {
    const banks: FlanksBank[] = [];
    let pageToken: string | null = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer: Result<FlanksPage<FlanksBank>, ProviderFailure> = await this.client.read(
        {
          method: 'POST',
          path: '/connect/v2/connectors/list-connectors',
          body: { query: {}, page_token: pageToken },
          retry: 'safe',
          changes: false,
          refusals: REFUSALS,
        },
        readPage(readConnector),
        call,
      );
      if (!answer.ok) return answer;
      banks.push(...answer.value.items);
      pageToken = answer.value.nextPageToken;
      if (pageToken === null) return ok(banks);
    }
    return fail(flanksFailure('provider.bad_response', { evidence: { pages: MAX_PAGES } }));
  }
}
