import { createHmac, timingSafeEqual } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { FlinksConfig } from '../../config/slices.js';
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
import { jsonIn, parsed, type Shape } from '../../platform/http/json-shape.js';
import { GUID, readHead, readSession } from './flinks.bodies.js';
import { flinksFailure } from './flinks.errors.js';
import { credentialIdText } from './flinks-credential-id.js';

/** Two generations of the documentation name two headers for the same value. */
const SIGNATURE_HEADERS = ['flinks-authenticity-key', 'x-flinks-signature'] as const;
/** 32 bytes in standard Base64. */
const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/;
/** The one event that brings accounts and transactions. */
const DATA_EVENT = 'GetAccountsDetail';

/** Webhooks of Flinks. They are switched on by its support, with an address and a secret; there is no call for it. */
@Injectable()
export class FlinksWebhook extends WebhookReceiver {
  override readonly configuredSecrets: readonly SecretValue[];
  override readonly registers = false;

  constructor({ webhookSecret }: FlinksConfig) {
    super();
    this.configuredSecrets = webhookSecret === null ? [] : [new Opened(webhookSecret)];
  }

  /** Flinks signs no time, so a replay cannot be told from a first delivery. */
  override verify(
    { headers, body }: RawWebhook,
    secrets: readonly SecretValue[],
  ): Result<{ readonly sentAt: Date | null }, WebhookRefusal> {
    const given = SIGNATURE_HEADERS.flatMap((name) => {
      const value = headers.get(name)?.trim() ?? '';
      return SIGNATURE.test(value) ? [Buffer.from(value, 'base64')] : [];
    });
    const expected = [...this.configuredSecrets, ...secrets].map((secret) =>
      createHmac('sha256', secret.reveal('to check the signature of a webhook')).update(body).digest(),
    );
    // Every pair is compared, so that the time does not tell which secret fits.
    const fits = given.flatMap((one) => expected.map((other) => timingSafeEqual(one, other)));
    return fits.includes(true) ? ok({ sentAt: null }) : fail(UNAUTHENTICATED);
  }

  override parse(body: Uint8Array): Result<readonly WebhookHint[], WebhookRefusal> {
    const hints = parsed(jsonIn(new TextDecoder('utf-8').decode(body)), readHints);
    return hints === undefined ? fail(MALFORMED) : ok(hints);
  }

  override async register(): Promise<Result<WebhookRegistration, ProviderFailure>> {
    return unsupported();
  }

  override async registrations(): Promise<Result<readonly WebhookRegistration[], ProviderFailure>> {
    return unsupported();
  }

  override async unregister(): Promise<Result<{ readonly alreadyGone: boolean }, ProviderFailure>> {
    return unsupported();
  }
}

const UNAUTHENTICATED: WebhookRefusal = {
  code: 'webhook.unauthenticated',
  message: 'The signature is missing or does not fit the body.',
};
const MALFORMED: WebhookRefusal = { code: 'webhook.malformed', message: "The body is not one of Flinks' webhooks." };

/** A login that was not saved has no LoginId, and without the bank's name the id cannot be put together. */
function readHints(body: Shape): readonly WebhookHint[] {
  const event = body.text('ResponseType');
  const { httpStatusCode = 200 } = readHead(body);
  const { login, bank } = readSession(body);
  if (!login || !GUID.test(login.id) || bank.name === null) return [];
  const credentialId = credentialIdText({ kind: 'login', loginId: login.id, institution: bank.name });
  const dataChanged = event === DATA_EVENT && httpStatusCode === 200;
  return [{ event, at: null, credentialId, user: null, dataChanged }];
}

function unsupported(): Result<never, ProviderFailure> {
  return fail(flinksFailure('capability_unsupported'));
}
