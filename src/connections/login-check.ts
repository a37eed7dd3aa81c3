import { Injectable } from '@nestjs/common';

import type { Provider } from '../credentials/provider.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { LookupHash } from '../platform/crypto/lookup-hash.js';
import { Opened } from '../platform/crypto/opened.js';
import { Failure } from '../platform/errors/failure.js';
import { checkAnswers, type Answer } from './domain/field-answers.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import type { CheckedLogin } from './checked-login.js';
import { LoginGuard } from './login-guard.js';

/** Compares a login with what the institution asks for, before any provider sees it. */
@Injectable()
export class LoginCheck {
  constructor(
    private readonly providers: ProviderAccess,
    private readonly lookup: LookupHash,
    private readonly guard: LoginGuard,
  ) {}

  /** @throws Failure `credential.invalid_input`, `institution.unknown`, `institution.disabled`, or the provider's code; `login.guarded` */
  async run(
    provider: Provider,
    institutionId: string,
    answers: readonly Answer[],
    userId: string,
  ): Promise<CheckedLogin> {
    if (!provider.institutions) throw new Failure('capability_unsupported');
    const call = await this.providers.callFor(userId);
    const institution = valueOf(await provider.institutions.find(institutionId, call));
    if (institution.status === 'disabled') {
      throw new Failure('institution.disabled', { detail: 'The provider has switched this institution off.' });
    }
    const problems = checkAnswers(institution.fields, answers, '/fields');
    if (problems.length > 0) {
      throw new Failure('credential.invalid_input', {
        detail: 'The login does not fit what the bank asks for.',
        violations: problems,
      });
    }
    const fields = new Map(answers.map((answer) => [answer.name, new Opened(answer.value)]));
    const identity = provider.credentials.loginIdentity(institution, fields);
    const login = { institution, fields, fingerprint: this.fingerprint(provider, institution.id, identity) };
    await this.guard.admit(login);
    return login;
  }

  /** The bank refused a login before there was a connection. */
  async refused(login: CheckedLogin): Promise<void> {
    await this.guard.refused(login);
  }

  fingerprint(provider: Provider, institutionId: string, identity: SecretValue | null): string | null {
    if (identity === null) return null;
    return this.lookup.of('login', provider.id, institutionId, identity.reveal('to hash it for the duplicate guard'));
  }
}
