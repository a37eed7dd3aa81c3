import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { CredentialRef } from '../../credentials/credential-ref.js';
import type { CreateCredential, CredentialSnapshot } from '../../credentials/credentials.service.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { flinksFailure, nonsense } from './flinks.errors.js';
import { FlinksAuthorizer, type FlinksLoginInput } from './flinks-authorizer.js';
import type { FlinksCredentialId } from './flinks-credential-id.js';
import { FlinksInstitutions } from './flinks-institutions.js';
import { identityOf, languageOf } from './flinks-login-identity.js';
import { FlinksSessions } from './flinks-sessions.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;
type Fields = ReadonlyMap<string, SecretValue>;

/** What a login given by a user becomes, the first time and after a changed password. */
@Injectable()
export class FlinksLogins {
  constructor(
    private readonly authorizer: FlinksAuthorizer,
    private readonly sessions: FlinksSessions,
    private readonly institutions: FlinksInstitutions,
  ) {}

  /** The bank is looked up first: no password goes out for one that is not there. */
  async create({ institutionId, fields, reference }: CreateCredential, call: CallContext): Outcome<CredentialSnapshot> {
    const bank = await this.institutions.find(institutionId, call);
    if (!bank.ok) return bank;
    const login = loginOf(institutionId, fields);
    if (!login.ok) return login;
    return this.give(null, { ...login.value, ...(reference !== undefined && { tag: reference }) }, call);
  }

  /** Institution, username and language make the LoginId, so a new password leads to the same one. */
  async replace(
    ref: CredentialRef,
    subject: FlinksCredentialId,
    fields: Fields,
    call: CallContext,
  ): Outcome<CredentialSnapshot> {
    const login = loginOf(subject.institution, fields);
    return login.ok ? this.give({ subject, credentialId: ref.credentialId }, login.value, call) : login;
  }

  private async give(
    kept: { readonly subject: FlinksCredentialId; readonly credentialId: SecretValue } | null,
    login: FlinksLoginInput,
    call: CallContext,
  ): Outcome<CredentialSnapshot> {
    const authorized = await this.authorizer.withLogin(login, call);
    if (!authorized.ok) return authorized;
    const { institution, username, language } = login;
    const wish = { givesLogin: true, attended: true, group: 'AccountsDetail' } as const;
    const observed = this.sessions.observe(authorized.value, { ...wish, subject: kept?.subject ?? null, institution });
    if (!observed.ok) return fail(pointed(observed.failure));
    const credentialId = observed.value.credentialId ?? kept?.credentialId;
    if (!credentialId) return fail(nonsense(authorized.value.answer.http, true));
    const loginIdentity = identityOf(username, language);
    return ok({ credentialId, institutionId: institution, loginIdentity, observation: observed.value });
  }
}

function loginOf(institution: string, fields: Fields): Result<FlinksLoginInput, ProviderFailure> {
  const text = (name: string): string | undefined => fields.get(name)?.reveal('to log in at the bank through Flinks');
  const username = text('username') ?? '';
  const password = text('password') ?? '';
  if (username === '' || password === '') {
    return fail(pointed(flinksFailure('credential.invalid_input')));
  }
  return ok({ institution, username, password, language: languageOf(text('language')) });
}

function pointed(failure: ProviderFailure): ProviderFailure {
  return failure.code === 'credential.invalid_input' ? { ...failure, pointer: '/fields' } : failure;
}
