import { Injectable } from '@nestjs/common';

import { ServerConfig, TinkConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { CredentialRef, ProviderUserRef } from '../../credentials/credential-ref.js';
import type { CredentialSnapshot } from '../../credentials/credentials.service.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import {
  LinkFlow,
  type BegunLink,
  type LinkOutcome,
  type LinkRequest,
  type LinkReturn,
} from '../../credentials/link-flow.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { operation, readBody, TinkClient } from './tink.client.js';
import { tinkFailure } from './tink.errors.js';
import { TinkCredentialsService } from './tink-credentials.service.js';
import { readLinkClaim } from './tink-link-claim.js';
import { connectHandle, healedSince, newSince, readLinkHandle, renewHandle } from './tink-link-handle.js';
import { LINK_PAGES, linkAddress } from './tink-link-url.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;

/** Tink Link's own client id, the actor of the codes that open it. The same in Europe and the US. */
const LINK_ACTOR = 'df05e4b379934cd09963197cc855bfe9';
const LINK_SCOPES = [
  ...['authorization:grant', 'authorization:read', 'credentials:read', 'credentials:refresh', 'credentials:write'],
  ...['providers:read', 'user:read'],
].join(',');
/** Tink shows it to the user. Our id would tell them nothing. ISO-8859-1 only. */
const ID_HINT = 'Account holder';
const DELEGATE = '/api/v1/oauth/authorization-grant/delegate';

/** What was there before a visit began. */
interface Before {
  readonly institutionId: string | undefined;
  readonly handle: SecretValue | null;
}

/** Tink Link for permanent users: the page gets a code for the user, we get back the id of a credential. */
@Injectable()
export class TinkLinkFlow extends LinkFlow {
  constructor(
    private readonly config: TinkConfig,
    private readonly server: ServerConfig,
    private readonly client: TinkClient,
    private readonly credentials: TinkCredentialsService,
  ) {
    super();
  }

  override async begin(request: LinkRequest, call: CallContext): Outcome<BegunLink> {
    const page = LINK_PAGES.get(request.purpose);
    if (page === undefined) {
      return fail(tinkFailure('capability_unsupported', { instead: 'PUT /v1/connections/{id}/login' }));
    }
    const { client, linkUrl, market } = this.config;
    if (!client) return fail(tinkFailure('provider.misconfigured'));
    return operation(call, async (inner) => {
      const before = await this.lookBefore(request, inner);
      if (!before.ok) return before;
      const code = await this.code(request.user, inner);
      if (!code.ok) return code;
      const { institutionId, handle } = before.value;
      const url = linkAddress(request, {
        ...{ base: linkUrl + page, clientId: client.id, code: code.value, institutionId, market },
        locale: request.locale ?? call.locale,
        demoBanks: this.server.mode === 'sandbox',
      });
      // How long the code lives is not published.
      return ok({ url, expiresAt: null, ...(handle && { handle }) });
    });
  }

  override async complete(
    visit: LinkReturn,
    query: ReadonlyMap<string, string>,
    call: CallContext,
  ): Outcome<LinkOutcome> {
    const claim = readLinkClaim(query);
    const handle = readLinkHandle(visit.handle);
    const isOld = (id: string): boolean => handle?.kind === 'connect' && handle.known.has(id);
    switch (claim.kind) {
      case 'nothing':
        return fail(tinkFailure('credential.not_found'));
      case 'duplicate':
        return ok(duplicateOf(claim.id !== null && isOld(claim.id) ? claim.id : null));
      case 'ended':
        if (visit.purpose === 'connect' && handle && claim.id !== null && !isOld(claim.id)) {
          await this.tidy({ user: visit.user, credentialId: new Opened(claim.id) }, call);
        }
        return ok({ kind: 'ended', cause: claim.cause, providerReason: claim.providerReason });
      case 'credentials':
        if (isOld(claim.id)) return ok(duplicateOf(claim.id));
        return this.confirm({ user: visit.user, credentialId: new Opened(claim.id) }, call);
    }
  }

  override async recover(visit: LinkReturn, call: CallContext): Outcome<LinkOutcome | null> {
    const handle = readLinkHandle(visit.handle);
    if (handle?.kind === 'connect') {
      const list = await this.credentials.list(visit.user, call);
      if (!list.ok) return list;
      const snapshot = newSince(handle, list.value);
      return ok(snapshot && { kind: 'connected', snapshot });
    }
    if (handle?.kind !== 'renew' || !visit.credential) return ok(null);
    const credential = await this.credentials.get(visit.credential, call);
    if (!credential.ok) return credential.failure.code === 'credential.not_found' ? ok(null) : credential;
    const { value: snapshot } = credential;
    return ok(healedSince(handle, snapshot) ? { kind: 'connected', snapshot } : null);
  }

  /** A token of the user sees the user's credentials only, so reading one is the proof of whose it is. */
  private async confirm(ref: CredentialRef, call: CallContext): Outcome<LinkOutcome> {
    const credential = await this.credentials.get(ref, call);
    return credential.ok ? ok({ kind: 'connected', snapshot: credential.value }) : credential;
  }

  /**
   * A visit that failed leaves a credential behind, which no connection will ever own, and which stands in the way of
   * the same login. It goes if it is new, in an error and never had data; that it stays is no reason to fail.
   */
  private async tidy(ref: CredentialRef, call: CallContext): Promise<void> {
    const credential = await this.credentials.get(ref, call);
    if (credential.ok && isLeftover(credential.value)) await this.credentials.delete(ref, call);
  }

  private async lookBefore(request: LinkRequest, call: CallContext): Outcome<Before> {
    const { user, credential, institutionId } = request;
    if (request.purpose === 'connect') {
      const list = await this.credentials.list(user, call);
      return list.ok ? ok({ institutionId, handle: connectHandle(list.value, institutionId) }) : list;
    }
    if (!credential) return fail(tinkFailure('credential.not_found'));
    const snapshot = await this.credentials.get(credential, call);
    if (!snapshot.ok) return snapshot;
    return ok({ institutionId: snapshot.value.institutionId, handle: renewHandle(snapshot.value) });
  }

  /** A code serves one visit and is short-lived, so each visit gets its own. */
  private async code(user: ProviderUserRef, call: CallContext): Outcome<SecretValue> {
    const answer = await this.client.asClient(
      {
        ...{ operation: DELEGATE, path: DELEGATE, method: 'POST', scopes: ['authorization:grant'] },
        body: {
          form: [
            ['external_user_id', user],
            ['id_hint', ID_HINT],
            ['actor_client_id', LINK_ACTOR],
            ['scope', LINK_SCOPES],
          ],
        },
        ...{ retry: 'safe', changes: false },
        refusals: { 400: 'provider.misconfigured', 404: 'provider_user.not_found' },
      },
      call,
    );
    return answer.ok ? readBody(answer.value, false, (body) => new Opened(body.text('code'))) : answer;
  }
}

function duplicateOf(id: string | null): LinkOutcome {
  return { kind: 'duplicate', ...(id !== null && { credentialId: new Opened(id) }) };
}

function isLeftover({ observation: { state, dataAsOf } }: CredentialSnapshot): boolean {
  return (
    !dataAsOf && (state === 'blocked' || state === 'failed' || state === 'reauth_required' || state === 'retrying')
  );
}
