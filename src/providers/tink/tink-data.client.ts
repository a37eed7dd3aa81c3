import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { CredentialRef, ProviderUserRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { parsed, type Shape } from '../../platform/http/json-shape.js';
import { bodyExactJson } from '../../platform/http/outgoing-outcome.js';
import { pathSegment, type Pairs } from '../../platform/http/outgoing-request.js';
import { TinkClient } from './tink.client.js';
import { nonsense, tinkFailure } from './tink.errors.js';
import { readAccount, readCoverage, readTransaction } from './tink-data.bodies.js';
import type { TinkAccount, TinkCoverage, TinkTransaction } from './tink-data.types.js';
import { DATA_SCOPES } from './tink-scopes.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;

export interface TinkPage<T> {
  readonly items: readonly T[];
  /** How many could not be read. */
  readonly unreadable: number;
  /** `null` = this was the last page. */
  readonly next: string | null;
}

/** Tink's largest page. */
const PAGE: readonly [string, string] = ['pageSize', '100'];

/** The calls that read data, each for one user. */
@Injectable()
export class TinkDataClient {
  constructor(private readonly client: TinkClient) {}

  /**
   * The accounts list does not say whose an account is; the consents do.
   * `null` when Tink has the credential and no consent for it. Failures: `credential.not_found`.
   */
  async coverage(ref: CredentialRef, call: CallContext): Outcome<TinkCoverage | null> {
    const id = ref.credentialId.reveal('to find its accounts at Tink');
    const query = [['credentialsId', id]] as const;
    const consents = await this.get(ref.user, '/api/v1/provider-consents', query, call, (body) =>
      body.usableItems('providerConsents', readCoverage),
    );
    if (!consents.ok) return consents;
    const found = consents.value.find(({ credentialsId }) => credentialsId === id);
    return found ? ok(found) : this.existing(ref.user, id, call);
  }

  async accounts(
    user: ProviderUserRef,
    ids: readonly string[],
    token: string,
    call: CallContext,
  ): Outcome<TinkPage<TinkAccount>> {
    const query = [PAGE, ...ids.map((id) => ['idIn', id] as const), ...page(token)];
    return this.get(user, '/data/v2/accounts', query, call, (body) => pageOf(body, 'accounts', readAccount));
  }

  async transactions(
    user: ProviderUserRef,
    filter: Pairs,
    token: string,
    call: CallContext,
  ): Outcome<TinkPage<TinkTransaction>> {
    const query = [PAGE, ...filter, ...page(token)];
    return this.get(user, '/data/v2/transactions', query, call, (body) =>
      pageOf(body, 'transactions', readTransaction),
    );
  }

  private async existing(user: ProviderUserRef, id: string, call: CallContext): Outcome<null> {
    const path = `/api/v1/credentials/${pathSegment(id)}`;
    const there = await this.get(user, path, [], call, (body) => body.text('id'), '/api/v1/credentials/{id}');
    return there.ok ? ok(null) : there;
  }

  private async get<T>(
    user: ProviderUserRef,
    path: string,
    query: Pairs,
    call: CallContext,
    read: (body: Shape) => T,
    operation = path,
  ): Outcome<T> {
    const request = { operation, path, query, method: 'GET', retry: 'safe', changes: false } as const;
    const answer = await this.client.asUser(user, { ...request, scopes: DATA_SCOPES }, call);
    if (!answer.ok) return withoutUser(answer);
    const value = parsed(bodyExactJson(answer.value), read);
    return value === undefined ? fail(nonsense(answer.value, false)) : ok(value);
  }
}

/** A user that Tink no longer has takes its credentials along. */
function withoutUser(failed: {
  readonly ok: false;
  readonly failure: ProviderFailure;
}): Result<never, ProviderFailure> {
  const { code, evidence } = failed.failure;
  return code === 'provider_user.not_found'
    ? fail(tinkFailure('credential.not_found', evidence ? { evidence } : {}))
    : failed;
}

function page(token: string): Pairs {
  return token === '' ? [] : [['pageToken', token]];
}

/** One item that cannot be read must not hide the others, and must not be hidden. */
function pageOf<T>(body: Shape, key: string, read: (item: Shape) => T): TinkPage<T> {
  const items = body.usableItems(key, read);
  return { items, unreadable: body.length(key) - items.length, next: body.filledText('nextPageToken') };
}
