import { Injectable } from '@nestjs/common';

import type { Caller } from '../../access/caller.js';
import { Failure } from '../../platform/errors/failure.js';
import { Ids } from '../../platform/ids/ids.js';
import { Clock } from '../../platform/time/clock.js';
import { AttemptDelivery, type Attempt } from './attempt-delivery.js';
import { ownerOf } from './domain/owner.js';
import { EndpointRepository } from './persistence/endpoint.repository.js';

/** Goes only to the endpoint that is tested, whatever events it wants. */
export const TEST_EVENT = 'endpoint.test';

/** Sends one event now and tells what came of it. Nothing is kept, and nothing is tried again. */
@Injectable()
export class TestEndpoint {
  constructor(
    private readonly endpoints: EndpointRepository,
    private readonly attempts: AttemptDelivery,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `webhook_endpoint.not_found`, `webhook_endpoint.disabled_by_operator` */
  async run(id: string, caller: Caller): Promise<Attempt & { readonly eventId: string }> {
    const endpoint = await this.endpoints.get(id, ownerOf(caller));
    if (endpoint.disabledReason === 'operator') {
      throw new Failure('webhook_endpoint.disabled_by_operator', { detail: 'Ask the operator of Mooring.' });
    }
    const event = {
      id: this.ids.next(),
      type: TEST_EVENT,
      userId: endpoint.userId,
      connectionId: null,
      data: { endpointId: id, message: 'This is a test of your webhook endpoint.' },
      createdAt: this.clock.now(),
    };
    return { eventId: event.id, ...(await this.attempts.run(endpoint, event, new AbortController().signal)) };
  }
}
