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
import { FLANKS_CAPABILITIES } from './flanks.capabilities.js';
import { FlanksClient, operation } from './flanks.client.js';
import { unsupported } from './flanks.errors.js';
import { toSnapshot } from './flanks.transform.js';
import { FlanksListing } from './flanks-listing.js';
import { FlanksStatuses } from './flanks-statuses.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;

/** Flanks' credentials API. It reads, lists and deletes; everything that needs the user happens on a hosted page. */
@Injectable()
export class FlanksCredentialsService extends CredentialsService {
  override readonly capabilities = FLANKS_CAPABILITIES;

  constructor(
    private readonly client: FlanksClient,
    private readonly statuses: FlanksStatuses,
    private readonly listing: FlanksListing,
  ) {
    super();
  }

  /** The login is typed on Flanks' page and never shown. */
  override loginIdentity(_institution: Institution, _fields: ReadonlyMap<string, SecretValue>): null {
    return null;
  }

  override async list(user: ProviderUserRef, call: CallContext): Outcome<readonly CredentialSnapshot[]> {
    return operation(call, async (inner) => {
      const listed = await this.listing.ofUser(user, inner);
      return listed.ok
        ? ok(listed.value.map(({ credentialsToken, status }) => toSnapshot(credentialsToken, status)))
        : listed;
    });
  }

  override async get(ref: CredentialRef, call: CallContext): Outcome<CredentialSnapshot> {
    return operation(call, async (inner) => {
      const credentialsToken = ref.credentialId.reveal('to read its status at Flanks');
      const status = await this.statuses.read(credentialsToken, inner);
      return status.ok ? ok(toSnapshot(credentialsToken, status.value)) : status;
    });
  }

  override async delete(ref: CredentialRef, call: CallContext): Outcome<{ readonly alreadyGone: boolean }> {
    return operation(call, async (inner) => {
      const answer = await this.client.send(
        {
          method: 'DELETE',
          path: '/v0/bank/credentials',
          body: { credentials_token: ref.credentialId.reveal('to delete it at Flanks') },
          retry: 'safe',
          changes: true,
        },
        inner,
      );
      if (answer.ok) return ok({ alreadyGone: false });
      return answer.failure.code === 'credential.not_found' ? ok({ alreadyGone: true }) : answer;
    });
  }

  override async create(_request: CreateCredential, _call: CallContext): Outcome<CredentialSnapshot> {
    return fail(unsupported('create'));
  }

  override async refresh(_ref: CredentialRef, _options: RefreshOptions, _call: CallContext): Outcome<Observation> {
    return fail(unsupported('refresh'));
  }

  override async authenticate(
    _ref: CredentialRef,
    _options: AuthenticateOptions,
    _call: CallContext,
  ): Outcome<Observation> {
    return fail(unsupported('authenticate'));
  }

  override async qr(_ref: CredentialRef, _call: CallContext): Outcome<QrImage> {
    return fail(unsupported('qr'));
  }

  override async submitSupplementalInformation(
    _ref: CredentialRef,
    _challenge: Challenge,
    _answers: ReadonlyMap<string, SecretValue>,
    _call: CallContext,
  ): Outcome<Observation> {
    return fail(unsupported('submitSupplementalInformation'));
  }
}
