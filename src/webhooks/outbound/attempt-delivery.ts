import { Injectable } from '@nestjs/common';

import { PublicHttp } from '../../platform/http/public-http.js';
import { Clock } from '../../platform/time/clock.js';
import type { AttemptNote, EventToSend } from './domain/delivery.js';
import { signingSecrets, type WebhookEndpoint } from './domain/endpoint.js';
import { signedMessage } from './domain/message.js';
import { judge, type Verdict } from './domain/verdict.js';

export interface Attempt {
  readonly verdict: Verdict;
  readonly note: AttemptNote;
}

/** One attempt to send an event: signed now, judged at once. Never fails because of the receiver. */
@Injectable()
export class AttemptDelivery {
  constructor(
    private readonly http: PublicHttp,
    private readonly clock: Clock,
  ) {}

  async run(endpoint: WebhookEndpoint, event: EventToSend, signal: AbortSignal): Promise<Attempt> {
    const at = this.clock.now();
    const started = performance.now();
    const message = signedMessage(event, signingSecrets(endpoint.secrets, at), at);
    const outcome = await this.http.post({ url: endpoint.url, ...message }, signal);
    const verdict = judge(outcome, this.clock.now());
    const durationMs = Math.round(performance.now() - started);
    return { verdict, note: { at: at.toISOString(), status: verdict.status, error: verdict.error, durationMs } };
  }
}
