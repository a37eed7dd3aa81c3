import { Injectable } from '@nestjs/common';

import { DeliveryRepository } from './delivery.repository.js';
import { EndpointRepository } from './endpoint.repository.js';
import { ReplayRepository } from './replay.repository.js';

/** What a replay needs of the database. */
@Injectable()
export class ReplayStore {
  constructor(
    readonly endpoints: EndpointRepository,
    readonly deliveries: DeliveryRepository,
    readonly replays: ReplayRepository,
  ) {}
}
