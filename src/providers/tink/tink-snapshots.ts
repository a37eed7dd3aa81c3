import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { CredentialSnapshot } from '../../credentials/credentials.service.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { readConsent } from './tink.bodies.js';
import { readBody, TinkClient } from './tink.client.js';
import { tinkFailure } from './tink.errors.js';
import { toSnapshot } from './tink.transform.js';
import { ERROR_STATUSES, knownStatus, type TinkCredentials, type TinkDetailedError } from './tink.types.js';
import { TinkWire } from './tink-wire.js';

/** Apart from the scopes of credentials: an app without it must still work. */
const SCOPES = ['provider-consents:read'];

type Details = ReadonlyMap<string, { readonly status: string; readonly error: TinkDetailedError }>;

/** Tink's credentials as snapshots. Why a credential is in an error is told by provider-consents only. */
@Injectable()
export class TinkSnapshots {
  constructor(
    private readonly client: TinkClient,
    private readonly wire: TinkWire,
  ) {}

  async one(
    user: ProviderUserRef,
    credentials: TinkCredentials,
    call: CallContext,
  ): Promise<Result<CredentialSnapshot, ProviderFailure>> {
    const snapshots = await this.all(user, [credentials], call);
    if (!snapshots.ok) return snapshots;
    const [snapshot] = snapshots.value;
    return snapshot ? ok(snapshot) : fail(tinkFailure('provider.bad_response'));
  }

  /** Failures: `provider.bad_response` when one of them asks the user something that cannot be read. */
  async all(
    user: ProviderUserRef,
    list: readonly TinkCredentials[],
    call: CallContext,
  ): Promise<Result<readonly CredentialSnapshot[], ProviderFailure>> {
    const troubled = list.filter(({ status }) => ERROR_STATUSES.has(status));
    const details = troubled.length > 0 ? await this.details(user, troubled, call) : new Map<string, never>();
    const snapshots: CredentialSnapshot[] = [];
    for (const credentials of list) {
      if (!knownStatus(credentials.status)) this.wire.reportUnknownWord('credentials status', credentials.status);
      const snapshot = toSnapshot(credentials, detailOf(credentials, details));
      if (!snapshot) return fail(tinkFailure('provider.bad_response'));
      snapshots.push(snapshot);
    }
    return ok(snapshots);
  }

  /** Empty when the read fails: the status alone is still worth having. */
  private async details(
    user: ProviderUserRef,
    troubled: readonly TinkCredentials[],
    call: CallContext,
  ): Promise<Details> {
    const [first] = troubled;
    const query = first && troubled.length === 1 ? ([['credentialsId', first.id]] as const) : [];
    const answer = await this.client.asUser(
      user,
      {
        operation: '/api/v1/provider-consents',
        method: 'GET',
        path: '/api/v1/provider-consents',
        query,
        scopes: SCOPES,
        retry: 'safe',
        changes: false,
      },
      call,
    );
    if (!answer.ok) return new Map();
    const consents = readBody(answer.value, false, (body) => body.usableItems('providerConsents', readConsent));
    const details = new Map<string, { status: string; error: TinkDetailedError }>();
    for (const { credentialsId, status, detailedError } of consents.ok ? consents.value : []) {
      if (detailedError) details.set(credentialsId, { status, error: detailedError });
    }
    return details;
  }
}

/** A detail that belongs to another status is of another run. */
function detailOf({ id, status }: TinkCredentials, details: Details): TinkDetailedError | null {
  const detail = details.get(id);
  return detail?.status === status ? detail.error : null;
}
