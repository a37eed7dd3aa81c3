import { Injectable } from '@nestjs/common';

import { Failure } from '../../platform/errors/failure.js';
import { PublicHttp } from '../../platform/http/public-http.js';
import type { TargetRefusal } from '../../platform/http/public-target.js';

const MESSAGES: Readonly<Record<TargetRefusal, string>> = {
  not_an_address: 'url must be an address',
  not_https: 'url must start with https://',
  credentials_in_address: 'url must have no user and no password',
  not_public: 'url must lead to a public address',
};

/** Tells a client early that its address will never be called. Each call checks again. */
@Injectable()
export class TargetCheck {
  constructor(private readonly http: PublicHttp) {}

  /** @throws Failure `webhook_endpoint.refused_target` */
  async check(url: string): Promise<void> {
    const refusal = await this.http.refusal(url);
    if (refusal === null) return;
    const violations = [{ pointer: '/url', message: MESSAGES[refusal] }];
    throw new Failure('webhook_endpoint.refused_target', {
      detail: 'Mooring does not send to this address.',
      violations,
    });
  }
}
