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
import { Clock } from '../../platform/time/clock.js';
import { FLINKS_CAPABILITIES } from './flinks.capabilities.js';
import { BANK_DEADLINE_MS, operation } from './flinks.client.js';
import { flinksFailure } from './flinks.errors.js';
import { dataGroup, type DataGroup } from './flinks.types.js';
import { FlinksAnswering } from './flinks-answering.js';
import { FlinksCards } from './flinks-cards.js';
import { credentialIdOf, type FlinksCredentialId, type ProvisionalId } from './flinks-credential-id.js';
import { identityOf, languageOf } from './flinks-login-identity.js';
import { FlinksLogins } from './flinks-logins.js';
import { observeOpen, observeProvisional } from './flinks-readings.js';
import { sessionOf } from './flinks-session.js';
import { FlinksSessions } from './flinks-sessions.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;

/** From one look at a login that Flinks works on to the next, before what it makes is deleted. */
const WORKING_MS = 10_000;

/** Flinks' cards and their sessions behind the contract. Flinks has no users: whoever has a LoginId has its data. */
@Injectable()
export class FlinksCredentialsService extends CredentialsService {
  override readonly capabilities = FLINKS_CAPABILITIES;

  constructor(
    private readonly sessions: FlinksSessions,
    private readonly logins: FlinksLogins,
    private readonly answering: FlinksAnswering,
    private readonly cards: FlinksCards,
    private readonly clock: Clock,
  ) {
    super();
  }

  override loginIdentity(_institution: Institution, fields: ReadonlyMap<string, SecretValue>): SecretValue | null {
    const text = (name: string): string | undefined => fields.get(name)?.reveal('to tell whose login it is');
    return identityOf(text('username'), languageOf(text('language')));
  }

  override async list(_user: ProviderUserRef, _call: CallContext): Outcome<readonly CredentialSnapshot[]> {
    return unsupported('/v1/connections');
  }

  override async get(ref: CredentialRef, call: CallContext): Outcome<CredentialSnapshot> {
    const id = credentialIdOf(ref);
    if (!id) return fail(flinksFailure('credential.not_found'));
    if (call.signal.aborted) return fail(flinksFailure('provider.aborted'));
    const observed = await operation(call, async (inner) => this.look(ref, id, inner));
    return observed.ok ? ok(snapshotOf(ref, id, observed.value)) : observed;
  }

  override async create(request: CreateCredential, call: CallContext): Outcome<CredentialSnapshot> {
    return operation(call, async (inner) => this.logins.create(request, inner), BANK_DEADLINE_MS);
  }

  override async delete(ref: CredentialRef, call: CallContext): Outcome<{ readonly alreadyGone: boolean }> {
    const id = credentialIdOf(ref);
    if (!id) return ok({ alreadyGone: true });
    return operation(call, async (inner) =>
      id.kind === 'login' ? this.cards.delete(id.loginId, inner) : this.deleteUnfinished(id, ref, inner),
    );
  }

  override async refresh(ref: CredentialRef, options: RefreshOptions, call: CallContext): Outcome<Observation> {
    const items = options.items ?? [];
    const unknown = items.findIndex((item) => dataGroup(item) === undefined);
    if (unknown >= 0) return fail(flinksFailure('credential.invalid_input', { pointer: `/items/${unknown}` }));
    const group = items.length === 0 || items.includes('AccountsDetail') ? 'AccountsDetail' : 'AccountsSummary';
    return this.live(ref, options.userPresent, group, call);
  }

  /** Flinks has one way to let the user authenticate: a live login. */
  override async authenticate(
    ref: CredentialRef,
    _options: AuthenticateOptions,
    call: CallContext,
  ): Outcome<Observation> {
    return this.live(ref, true, 'AccountsDetail', call);
  }

  override async qr(_ref: CredentialRef, _call: CallContext): Outcome<QrImage> {
    return unsupported('submitSupplementalInformation');
  }

  override async submitSupplementalInformation(
    ref: CredentialRef,
    challenge: Challenge,
    answers: ReadonlyMap<string, SecretValue>,
    call: CallContext,
  ): Outcome<Observation> {
    return operation(call, async (inner) => this.answering.submit(ref, challenge, answers, inner), BANK_DEADLINE_MS);
  }

  /** Before a login has succeeded Flinks stores nothing; one that it still works on may succeed yet. */
  private async deleteUnfinished(
    id: ProvisionalId,
    ref: CredentialRef,
    call: CallContext,
  ): Outcome<{ readonly alreadyGone: boolean }> {
    const session = sessionOf(ref.sessionRef);
    if (session?.step !== 'authorize') return ok({ alreadyGone: true });
    const observed = await this.sessions.follow(session, id, call);
    if (!observed.ok) return observed;
    const { state, credentialId } = observed.value;
    const made = credentialId && credentialIdOf({ credentialId });
    if (made?.kind === 'login') return this.cards.delete(made.loginId, call);
    if (state !== 'authenticating') return ok({ alreadyGone: true });
    const retryAt = new Date(this.clock.now().getTime() + WORKING_MS);
    return fail(flinksFailure('credential.busy', { retryAt }));
  }

  private async look(ref: CredentialRef, id: FlinksCredentialId, call: CallContext): Outcome<Observation> {
    const session = sessionOf(ref.sessionRef);
    if (ref.challenge) return ok(observeOpen(ref, id, this.clock.now()));
    if (session && session.step !== 'answer') return this.sessions.follow(session, id, call);
    return id.kind === 'login' ? this.sessions.cached(id, call) : ok(observeProvisional(id));
  }

  private async live(ref: CredentialRef, attended: boolean, group: DataGroup, call: CallContext): Outcome<Observation> {
    const id = credentialIdOf(ref);
    if (!id) return fail(flinksFailure('credential.not_found'));
    if (id.kind !== 'login') return fail(flinksFailure('credential.not_refreshable'));
    return operation(call, async (inner) => this.sessions.live(id, { attended, group }, inner), BANK_DEADLINE_MS);
  }
}

/** Whoever reads has only the id: Flinks tells the username, but not the language that is part of the identity. */
function snapshotOf(ref: CredentialRef, id: FlinksCredentialId, observation: Observation): CredentialSnapshot {
  const credentialId = observation.credentialId ?? ref.credentialId;
  return { credentialId, institutionId: id.institution, loginIdentity: null, observation };
}

function unsupported(instead: string): Result<never, ProviderFailure> {
  return fail(flinksFailure('capability_unsupported', { instead }));
}
