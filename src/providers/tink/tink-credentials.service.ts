import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { Challenge } from '../../credentials/challenge.js';
import type { CredentialRef, ProviderUserRef } from '../../credentials/credential-ref.js';
import {
  CredentialsService,
  type AuthenticateOptions,
  type CreateCredential,
  type CredentialSnapshot,
  type QrImage,
  type RefreshOptions,
} from '../../credentials/credentials.service.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import type { Institution } from '../../credentials/institution-directory.js';
import type { Observation } from '../../credentials/observation.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { pathSegment } from '../../platform/http/outgoing-request.js';
import { Clock } from '../../platform/time/clock.js';
import { readCredentials } from './tink.bodies.js';
import { TINK_CAPABILITIES } from './tink.capabilities.js';
import { operation, readBody, TinkClient, type TinkCall } from './tink.client.js';
import { nonsense, tinkFailure } from './tink.errors.js';
import { accepted } from './tink.transform.js';
import { REFRESHABLE_ITEMS } from './tink.types.js';
import { toInformation } from './tink-answers.js';
import { identityOfInput } from './tink-login-identity.js';
import { readQr } from './tink-qr.js';
import { CREDENTIALS_SCOPES } from './tink-scopes.js';
import { TinkSnapshots } from './tink-snapshots.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;
type OneCall = Omit<TinkCall, 'scopes' | 'operation' | 'path'>;

/** Tink's credentials v1, always with a user token. */
@Injectable()
export class TinkCredentialsService extends CredentialsService {
  override readonly capabilities = TINK_CAPABILITIES;

  constructor(
    private readonly client: TinkClient,
    private readonly snapshots: TinkSnapshots,
    private readonly clock: Clock,
  ) {
    super();
  }

  override loginIdentity(institution: Institution, fields: ReadonlyMap<string, SecretValue>): SecretValue | null {
    return identityOfInput(institution.fields, fields);
  }

  override async list(user: ProviderUserRef, call: CallContext): Outcome<readonly CredentialSnapshot[]> {
    return operation(call, async (inner) => {
      const path = '/api/v1/credentials/list';
      const request = { operation: path, path, method: 'GET', retry: 'safe', changes: false } as const;
      const answer = await this.client.asUser(user, { ...request, scopes: CREDENTIALS_SCOPES }, inner);
      if (!answer.ok) return answer;
      const list = readBody(answer.value, false, (body) => body.list('credentials', readCredentials));
      return list.ok ? this.snapshots.all(user, list.value, inner) : list;
    });
  }

  override async get(ref: CredentialRef, call: CallContext): Outcome<CredentialSnapshot> {
    return operation(call, async (inner) => {
      const answer = await this.onCredential(ref, '', { method: 'GET', retry: 'safe', changes: false }, inner);
      if (!answer.ok) return answer;
      const credentials = readBody(answer.value, false, readCredentials);
      return credentials.ok ? this.snapshots.one(ref.user, credentials.value, inner) : credentials;
    });
  }

  override async create(request: CreateCredential, call: CallContext): Outcome<CredentialSnapshot> {
    return operation(call, async (inner) => {
      const fields = revealed(request.fields, 'to create the credential at Tink');
      const body = { providerName: request.institutionId, fields, ...appUri(request) };
      const path = '/api/v1/credentials';
      const answer = await this.client.asUser(
        request.user,
        {
          ...{ operation: path, path, method: 'POST', body: { json: body }, retry: 'never', changes: true },
          scopes: CREDENTIALS_SCOPES,
          refusals: {
            400: 'credential.invalid_input',
            404: 'institution.unknown',
            409: 'credential.duplicate',
            412: 'credential.invalid_input',
          },
          pointer: '/fields',
        },
        inner,
      );
      if (!answer.ok) return answer;
      const credentials = readBody(answer.value, true, readCredentials);
      if (!credentials.ok) return credentials;
      const snapshot = await this.snapshots.one(request.user, credentials.value, inner);
      return snapshot.ok ? snapshot : fail(nonsense(answer.value, true));
    });
  }

  override async delete(ref: CredentialRef, call: CallContext): Outcome<{ readonly alreadyGone: boolean }> {
    return operation(call, async (inner) => {
      const answer = await this.onCredential(ref, '', { method: 'DELETE', retry: 'safe', changes: true }, inner);
      if (answer.ok) return ok({ alreadyGone: false });
      return answer.failure.code === 'credential.not_found' ? ok({ alreadyGone: true }) : answer;
    });
  }

  override async refresh(ref: CredentialRef, options: RefreshOptions, call: CallContext): Outcome<Observation> {
    const items = options.items ?? [];
    const unknown = items.findIndex((item) => !REFRESHABLE_ITEMS.has(item));
    if (unknown >= 0) return fail(tinkFailure('credential.invalid_input', { pointer: `/items/${unknown}` }));
    const { userPresent } = options;
    const userAvailability = { userPresent, userAvailableForInteraction: userPresent };
    return this.accepting(
      ref,
      '/refresh',
      {
        ...{ method: 'POST', retry: 'never', changes: true },
        query: items.map((item) => ['items', item] as const),
        body: { json: { ...appUri(options), userAvailability } },
        refusals: { 400: 'credential.not_refreshable' },
      },
      call,
    );
  }

  override async authenticate(
    ref: CredentialRef,
    options: AuthenticateOptions,
    call: CallContext,
  ): Outcome<Observation> {
    return this.accepting(
      ref,
      '/authenticate',
      {
        ...{ method: 'POST', retry: 'never', changes: true },
        body: { json: appUri(options) },
        refusals: { 400: 'credential.not_refreshable' },
      },
      call,
    );
  }

  override async qr(ref: CredentialRef, call: CallContext): Outcome<QrImage> {
    return operation(call, async (inner) => {
      const refusals = { 400: 'challenge.none', 404: 'challenge.none' } as const;
      const request = { method: 'GET', retry: 'safe', changes: false, accept: '*/*', refusals } as const;
      const answer = await this.onCredential(ref, '/qr', request, inner);
      if (!answer.ok) return answer;
      const png = readQr(answer.value.body);
      return png ? ok({ png }) : fail(nonsense(answer.value, false));
    });
  }

  override async submitSupplementalInformation(
    ref: CredentialRef,
    challenge: Challenge,
    answers: ReadonlyMap<string, SecretValue>,
    call: CallContext,
  ): Outcome<Observation> {
    const information = toInformation(challenge, answers, this.clock.now());
    if (!information.ok) return information;
    return this.accepting(
      ref,
      '/supplemental-information',
      {
        ...{ method: 'POST', retry: 'never', changes: true },
        body: { json: { information: information.value } },
        refusals: { 400: 'challenge.none', 409: 'challenge.none', 412: 'challenge.none' },
      },
      call,
    );
  }

  private async accepting(
    ref: CredentialRef,
    suffix: string,
    request: OneCall,
    call: CallContext,
  ): Outcome<Observation> {
    return operation(call, async (inner) => {
      const answer = await this.onCredential(ref, suffix, request, inner);
      return answer.ok ? ok(accepted()) : answer;
    });
  }

  /** A user that Tink no longer has takes its credentials along. */
  private async onCredential(
    ref: CredentialRef,
    suffix: string,
    request: OneCall,
    call: CallContext,
  ): ReturnType<TinkClient['asUser']> {
    const path = `/api/v1/credentials/${pathSegment(ref.credentialId.reveal('to address it at Tink'))}${suffix}`;
    const template = `/api/v1/credentials/{id}${suffix}`;
    const full = { ...request, operation: template, path, scopes: CREDENTIALS_SCOPES };
    const answer = await this.client.asUser(ref.user, full, call);
    if (answer.ok || answer.failure.code !== 'provider_user.not_found') return answer;
    const { evidence } = answer.failure;
    return fail(tinkFailure('credential.not_found', evidence ? { evidence } : {}));
  }
}

function appUri({ returnUrl }: { readonly returnUrl?: string }): { readonly appUri?: string } {
  return returnUrl === undefined ? {} : { appUri: returnUrl };
}

function revealed(fields: ReadonlyMap<string, SecretValue>, reason: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...fields].map(([name, value]) => [name, value.reveal(reason)]));
}
