import { Injectable } from '@nestjs/common';

import { TinkConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import {
  WebhookReceiver,
  type RawWebhook,
  type WebhookHint,
  type WebhookRefusal,
  type WebhookRegistration,
} from '../../credentials/webhook-receiver.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { Shape } from '../../platform/http/json-shape.js';
import { pathSegment } from '../../platform/http/outgoing-request.js';
import { operation, readBody, TinkClient } from './tink.client.js';
import { tinkFailure } from './tink.errors.js';
import { WEBHOOK_SCOPES } from './tink-scopes.js';
import { hintsOf, TINK_EVENTS } from './tink-webhook-events.js';
import { verifySignature } from './tink-webhook-signature.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;

const ENDPOINTS = '/events/v2/webhook-endpoints';
const SCOPES = WEBHOOK_SCOPES;
const MOST_PAGES = 10;

/** Tink's events v2: signed posts, and endpoints that are registered with this installation's own token. */
@Injectable()
export class TinkWebhook extends WebhookReceiver {
  override readonly configuredSecrets: readonly SecretValue[];
  override readonly registers = true;

  constructor(
    config: TinkConfig,
    private readonly client: TinkClient,
  ) {
    super();
    this.configuredSecrets = config.webhookSecret === null ? [] : [new Opened(config.webhookSecret)];
  }

  override verify(
    webhook: RawWebhook,
    secrets: readonly SecretValue[],
    now: Date,
  ): Result<{ readonly sentAt: Date | null }, WebhookRefusal> {
    return verifySignature(webhook, [...secrets, ...this.configuredSecrets], now);
  }

  override parse(body: Uint8Array): Result<readonly WebhookHint[], WebhookRefusal> {
    return hintsOf(body);
  }

  /** Where Tink has this address already, the registration comes without its secret, which it told once. */
  override async register(url: string, call: CallContext): Outcome<WebhookRegistration> {
    return operation(call, async (inner) => {
      const answer = await this.client.asClient(
        {
          ...{ operation: ENDPOINTS, path: ENDPOINTS, method: 'POST', scopes: SCOPES },
          body: { json: { url, enabledEvents: TINK_EVENTS, description: 'Mooring', disabled: false } },
          // The secret comes with the first answer only, so a repeat would lose it.
          retry: 'never',
          changes: true,
          refusals: { 400: 'provider.misconfigured' },
        },
        inner,
      );
      if (answer.ok) return readBody(answer.value, true, readRegistration);
      return answer.failure.evidence?.['httpStatus'] === 409 ? this.existing(url, inner) : answer;
    });
  }

  override async registrations(call: CallContext): Outcome<readonly WebhookRegistration[]> {
    return operation(call, async (inner) => this.all(inner));
  }

  override async unregister(vendorId: SecretValue, call: CallContext): Outcome<{ readonly alreadyGone: boolean }> {
    const path = `${ENDPOINTS}/${pathSegment(vendorId.reveal('to address the endpoint at Tink'))}`;
    const request = { operation: `${ENDPOINTS}/{id}`, path, method: 'DELETE', scopes: SCOPES } as const;
    const answer = await operation(call, async (inner) =>
      this.client.asClient({ ...request, retry: 'safe', changes: true }, inner),
    );
    if (answer.ok) return ok({ alreadyGone: false });
    return answer.failure.code === 'credential.not_found' ? ok({ alreadyGone: true }) : answer;
  }

  private async existing(url: string, call: CallContext): Outcome<WebhookRegistration> {
    const list = await this.all(call);
    if (!list.ok) return list;
    const found = list.value.find((registration) => registration.url === url);
    return found ? ok(found) : fail(tinkFailure('provider.bad_response'));
  }

  private async all(call: CallContext): Outcome<readonly WebhookRegistration[]> {
    const found: WebhookRegistration[] = [];
    let token = '';
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const query = [['pageSize', '100'], ...(token === '' ? [] : [['pageToken', token] as const])] as const;
      const request = { operation: ENDPOINTS, path: ENDPOINTS, method: 'GET', query, scopes: SCOPES } as const;
      const answer = await this.client.asClient({ ...request, retry: 'safe', changes: false }, call);
      if (!answer.ok) return answer;
      const page = readBody(answer.value, false, (body) => ({
        list: body.list('webhookEndpoints', readRegistration),
        next: body.filledText('nextPageToken'),
      }));
      if (!page.ok) return page;
      found.push(...page.value.list);
      if (page.value.next === null) return ok(found);
      token = page.value.next;
    }
    return fail(tinkFailure('provider.bad_response'));
  }
}

function readRegistration(body: Shape): WebhookRegistration {
  const secret = body.filledText('secret');
  return {
    vendorId: new Opened(body.text('id')),
    url: body.text('url'),
    secret: secret === null ? null : new Opened(secret),
  };
}
