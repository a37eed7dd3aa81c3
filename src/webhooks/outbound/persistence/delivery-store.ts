import { Injectable } from '@nestjs/common';

import { ClaimRepository } from './claim.repository.js';
import { EndpointRepository } from './endpoint.repository.js';
import { RecordRepository } from './record.repository.js';

/** What an attempt needs of the database. */
@Injectable()
export class DeliveryStore {
  constructor(
    readonly endpoints: EndpointRepository,
    readonly claims: ClaimRepository,
    readonly records: RecordRepository,
  ) {}
}
