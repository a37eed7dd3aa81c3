import type { CallContext } from '../../src/credentials/call-context.js';
import type { Challenge } from '../../src/credentials/challenge.js';
import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import {
  CredentialsService,
  type AuthenticateOptions,
  type CreateCredential,
  type CredentialSnapshot,
  type RefreshOptions,
} from '../../src/credentials/credentials.service.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import type { Institution } from '../../src/credentials/institution-directory.js';
import type { Observation, ObservedState } from '../../src/credentials/observation.js';
import type { Result } from '../../src/credentials/result.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';

const MOVING: ReadonlySet<ObservedState> = new Set(['pending', 'authenticating', 'awaiting_user', 'syncing']);

/**
 * Keeps for a stateless provider what the core keeps: the latest id, session and question of a credential. The suite goes on
 * with the first reference that it got.
 */
export class RememberingCore extends CredentialsService {
  private readonly known = new Map<string, CredentialRef>();

  constructor(private readonly inner: CredentialsService) {
    super();
  }

  override get capabilities() {
    return this.inner.capabilities;
  }

  override loginIdentity(institution: Institution, fields: ReadonlyMap<string, SecretValue>) {
    return this.inner.loginIdentity(institution, fields);
  }

  override async list(user: ProviderUserRef, call: CallContext) {
    return this.inner.list(user, call);
  }

  override async get(ref: CredentialRef, call: CallContext) {
    return this.learned(ref, await this.inner.get(this.latest(ref), call), ({ observation }) => observation);
  }

  override async create(request: CreateCredential, call: CallContext) {
    const created = await this.inner.create(request, call);
    if (created.ok)
      this.learn({ user: request.user, credentialId: created.value.credentialId }, created.value.observation);
    return created;
  }

  override async delete(ref: CredentialRef, call: CallContext) {
    return this.inner.delete(this.latest(ref), call);
  }

  override async refresh(ref: CredentialRef, options: RefreshOptions, call: CallContext) {
    return this.learned(ref, await this.inner.refresh(this.latest(ref), options, call), (observation) => observation);
  }

  override async authenticate(ref: CredentialRef, options: AuthenticateOptions, call: CallContext) {
    return this.learned(ref, await this.inner.authenticate(this.latest(ref), options, call), (seen) => seen);
  }

  override async qr(ref: CredentialRef, call: CallContext) {
    return this.inner.qr(this.latest(ref), call);
  }

  override async submitSupplementalInformation(
    ref: CredentialRef,
    challenge: Challenge,
    answers: ReadonlyMap<string, SecretValue>,
    call: CallContext,
  ) {
    const submitted = await this.inner.submitSupplementalInformation(this.latest(ref), challenge, answers, call);
    return this.learned(ref, submitted, (observation) => observation);
  }

  /** What an operation beside this service said. */
  learnSnapshot(ref: CredentialRef, { observation }: CredentialSnapshot): void {
    this.learn(ref, observation);
  }

  latest(ref: CredentialRef): CredentialRef {
    const known = this.known.get(ref.credentialId.reveal('test'));
    return known?.user === ref.user ? known : ref;
  }

  private learned<T>(
    ref: CredentialRef,
    result: Result<T, ProviderFailure>,
    observationOf: (value: T) => Observation,
  ): Result<T, ProviderFailure> {
    if (result.ok) this.learn(ref, observationOf(result.value));
    return result;
  }

  private learn(ref: CredentialRef, { state, credentialId, sessionRef, challenge }: Observation): void {
    const before = this.latest(ref);
    const session = MOVING.has(state) ? (sessionRef ?? before.sessionRef) : undefined;
    const after: CredentialRef = {
      user: ref.user,
      credentialId: credentialId ?? before.credentialId,
      ...(session && { sessionRef: session }),
      ...(challenge && { challenge }),
    };
    for (const each of [ref, after]) this.known.set(each.credentialId.reveal('test'), after);
  }
}
