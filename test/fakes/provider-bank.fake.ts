import type { Challenge, SubmitInformation } from '../../src/credentials/challenge.js';
import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type {
  CreateCredential,
  CredentialSnapshot,
  RefreshOptions,
} from '../../src/credentials/credentials.service.js';
import type { ProviderFailure, ProviderFailureCode } from '../../src/credentials/failure.js';
import type { Institution } from '../../src/credentials/institution-directory.js';
import type { Cause, Observation, ObservedState } from '../../src/credentials/observation.js';
import type { NewProviderUser } from '../../src/credentials/provider-users.js';
import { fail, ok, type Result } from '../../src/credentials/result.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import type { Clock } from '../../src/platform/time/clock.js';
import type { ProviderFake } from './provider.fake.js';

export const FAKE_BANK = 'fake-bank';
export const FAKE_PASSWORD = 'open-sesame';
export const FAKE_CODE = '4711';
export const FAKE_ITEM = 'ACCOUNTS';

/** The user name decides what the bank does. */
export const FAKE_LOGINS = { good: 'good', asked: 'asked', locked: 'locked', empty: 'empty', down: 'down' } as const;

const STEP_MS = 1000;
const CHALLENGE_MS = 120_000;

interface Kept {
  readonly id: string;
  readonly user: ProviderUserRef;
  fields: ReadonlyMap<string, string>;
  observation: Observation;
  /** What it turns into by itself, and when. */
  next: { readonly at: number; readonly observation: () => Observation } | null;
}

type Answer<T> = Result<T, ProviderFailure>;

const refuse = (
  code: ProviderFailureCode,
  more: Partial<ProviderFailure> = {},
): { ok: false; failure: ProviderFailure } =>
  fail({ code, message: 'The fake bank refuses.', mayHaveHappened: false, ...more });

/** Gives a `ProviderFake` the behaviour of a small bank, for whatever was not planned. Time moves its credentials. */
export class FakeBank {
  private readonly users = new Set<ProviderUserRef>();
  private readonly credentials = new Map<string, Kept>();
  private readonly codes = new Map<string, readonly string[]>();
  private count = 0;

  constructor(
    private readonly provider: ProviderFake,
    private readonly clock: Clock,
  ) {
    this.behave();
  }

  /** Sets what a credential shows next. */
  show(ref: CredentialRef, state: ObservedState, cause: Cause, providerStatus: string): void {
    const kept = this.credentials.get(ref.credentialId.reveal('test'));
    if (!kept) throw new Error('The fake bank has no such credential.');
    kept.observation = { ...this.observe(state, cause), providerStatus };
    kept.next = null;
  }

  private behave(): void {
    const { script } = this.provider;
    script
      .always('credentials.list', (user) => this.list(user as ProviderUserRef))
      .always('credentials.get', (ref) => this.onKept(ref, (kept) => ok(this.snapshot(kept))))
      .always('credentials.create', (request) => this.create(request as CreateCredential))
      .always('credentials.delete', (ref) => this.delete(ref as CredentialRef))
      .always('credentials.refresh', (ref, options) => this.refresh(ref, options as RefreshOptions))
      .always('credentials.authenticate', (ref) => this.onKept(ref, (kept) => this.run(kept)))
      .always('credentials.qr', (ref) => this.onKept(ref, () => refuse('challenge.none')))
      .always('credentials.submitSupplementalInformation', (ref, challenge, answers) =>
        this.onKept(ref, (kept) => this.submit(kept, challenge as Challenge, answers as Map<string, SecretValue>)),
      )
      .always('login.replaceLogin', (ref, fields) =>
        this.onKept(ref, (kept) => {
          kept.fields = revealed(fields as Map<string, SecretValue>);
          this.begin(kept, 'authenticating');
          return ok(this.snapshot(kept));
        }),
      )
      .always('users.create', (user) => this.createUser(user as NewProviderUser))
      .always('users.delete', (user) => this.deleteUser(user as ProviderUserRef))
      .always('users.authorizationGrant', (user, scope) => this.grant(user as ProviderUserRef, scope as string[]))
      .always('users.accessToken', (code) => this.token(code as SecretValue))
      .always('institutions.list', () => ok([INSTITUTION]))
      .always('institutions.find', (id) => (id === FAKE_BANK ? ok(INSTITUTION) : refuse('institution.unknown')));
  }

  private list(user: ProviderUserRef): Answer<readonly CredentialSnapshot[]> {
    if (!this.users.has(user)) return refuse('provider_user.not_found');
    const mine = [...this.credentials.values()].filter((kept) => kept.user === user);
    return ok(mine.map((kept) => this.snapshot(this.advanced(kept))));
  }

  private create({ user, institutionId, fields }: CreateCredential): Answer<CredentialSnapshot> {
    if (!this.users.has(user)) return refuse('provider_user.not_found');
    if (institutionId !== FAKE_BANK) return refuse('institution.unknown');
    const given = revealed(fields);
    const twin = [...this.credentials.values()].some(
      (kept) => kept.user === user && kept.fields.get('username') === given.get('username'),
    );
    if (twin) return refuse('credential.duplicate');
    this.count += 1;
    const id = String(this.count).padStart(32, 'f');
    const kept: Kept = { id, user, fields: given, observation: this.observe('pending', 'first_load'), next: null };
    this.credentials.set(id, kept);
    this.begin(kept, 'pending');
    return ok(this.snapshot(kept));
  }

  private delete(ref: CredentialRef): Answer<{ readonly alreadyGone: boolean }> {
    const kept = this.find(ref);
    if (kept) this.credentials.delete(kept.id);
    return ok({ alreadyGone: kept === undefined });
  }

  private refresh(ref: unknown, { items = [] }: RefreshOptions): Answer<Observation> {
    const unknown = items.findIndex((item) => item !== FAKE_ITEM);
    if (unknown >= 0) return refuse('credential.invalid_input', { pointer: `/items/${unknown}` });
    return this.onKept(ref, (kept) => this.run(kept));
  }

  private run(kept: Kept): Answer<Observation> {
    if (kept.next) return refuse('credential.busy');
    const before = kept.observation;
    this.begin(kept, 'authenticating');
    kept.observation = before;
    return ok(accepted());
  }

  private submit(kept: Kept, challenge: Challenge, answers: ReadonlyMap<string, SecretValue>): Answer<Observation> {
    if (challenge.kind !== 'submit_information') return refuse('challenge.none');
    if (challenge.expiresAt && challenge.expiresAt <= this.clock.now()) return refuse('challenge.expired');
    const unknown = [...answers.keys()].findIndex((name) => !challenge.fields.some((field) => field.name === name));
    if (unknown >= 0) return refuse('challenge.unknown_field', { pointer: `/fields/${unknown}/name` });
    if (kept.observation.state !== 'awaiting_user') return refuse('challenge.none');
    const right = answers.get('code')?.reveal('fake') === FAKE_CODE;
    this.later(kept, STEP_MS, () =>
      right ? this.observe('active', 'none') : this.observe('reauth_required', 'challenge_failed'),
    );
    return ok(accepted());
  }

  private createUser({ user }: NewProviderUser): Answer<{ readonly created: boolean }> {
    const created = !this.users.has(user);
    this.users.add(user);
    return ok({ created });
  }

  private deleteUser(user: ProviderUserRef): Answer<{ readonly alreadyGone: boolean }> {
    for (const [id, kept] of this.credentials) if (kept.user === user) this.credentials.delete(id);
    return ok({ alreadyGone: !this.users.delete(user) });
  }

  private grant(user: ProviderUserRef, scope: readonly string[]): Answer<{ readonly code: SecretValue }> {
    if (scope.length === 0 || !scope.every((word) => /^[a-z:]+$/.test(word)))
      return refuse('authorization.invalid_scope');
    if (!this.users.has(user)) return refuse('provider_user.not_found');
    this.count += 1;
    const code = `code-${this.count}`;
    this.codes.set(code, scope);
    return ok({ code: new Opened(code) });
  }

  private token(code: SecretValue): ReturnType<FakeBank['tokenOf']> {
    const text = code.reveal('fake');
    const scope = this.codes.get(text);
    this.codes.delete(text);
    return scope ? this.tokenOf(scope) : refuse('authorization.invalid_code');
  }

  private tokenOf(
    scope: readonly string[],
  ): Answer<{ accessToken: SecretValue; expiresIn: number; scope: readonly string[] }> {
    return ok({ accessToken: new Opened('fake-token'), expiresIn: 1800, scope });
  }

  /** Moving for a step, then whatever this login leads to. */
  private begin(kept: Kept, state: ObservedState): void {
    kept.observation = this.observe(state, state === 'pending' ? 'first_load' : 'none', kept.observation);
    this.later(kept, STEP_MS, () => this.outcome(kept.fields));
  }

  private later(kept: Kept, ms: number, observation: () => Observation): void {
    kept.next = { at: this.clock.now().getTime() + ms, observation };
  }

  private outcome(fields: ReadonlyMap<string, string>): Observation {
    if (fields.get('password') !== FAKE_PASSWORD) return this.observe('blocked', 'wrong_credentials');
    switch (fields.get('username')) {
      case FAKE_LOGINS.asked:
        return { ...this.observe('awaiting_user', 'user_interaction'), challenge: this.challenge() };
      case FAKE_LOGINS.locked:
        return this.observe('blocked', 'account_locked_at_bank');
      case FAKE_LOGINS.empty:
        return this.observe('failed', 'no_accounts');
      case FAKE_LOGINS.down:
        return this.observe('retrying', 'bank_unavailable');
      case undefined:
      default:
        return this.observe('active', 'none');
    }
  }

  private challenge(): SubmitInformation {
    const expiresAt = new Date(this.clock.now().getTime() + CHALLENGE_MS);
    const code = { name: 'code', label: 'Code', type: 'numeric', required: true, masked: false } as const;
    return { kind: 'submit_information', expiresAt, fields: [code] };
  }

  private observe(state: ObservedState, cause: Cause, before?: Observation): Observation {
    const now = this.clock.now();
    return {
      state,
      cause,
      providerStatus: state.toUpperCase(),
      providerStatusAt: new Date(Math.max(now.getTime(), (before?.providerStatusAt?.getTime() ?? 0) + 1)),
      ...(state === 'active' && { dataAsOf: now }),
    };
  }

  private advanced(kept: Kept): Kept {
    if (kept.next && kept.next.at <= this.clock.now().getTime()) {
      kept.observation = kept.next.observation();
      kept.next = null;
    }
    const { challenge } = kept.observation;
    if (challenge?.expiresAt && challenge.expiresAt <= this.clock.now()) {
      kept.observation = this.observe('reauth_required', 'challenge_expired');
    }
    return kept;
  }

  private onKept<T>(ref: unknown, work: (kept: Kept) => Answer<T>): Answer<T> {
    const kept = this.find(ref as CredentialRef);
    return kept ? work(this.advanced(kept)) : refuse('credential.not_found');
  }

  private find({ user, credentialId }: CredentialRef): Kept | undefined {
    const kept = this.credentials.get(credentialId.reveal('fake'));
    return kept?.user === user ? kept : undefined;
  }

  private snapshot({ id, fields, observation }: Kept): CredentialSnapshot {
    const username = fields.get('username');
    return {
      credentialId: new Opened(id),
      institutionId: FAKE_BANK,
      loginIdentity: username === undefined ? null : new Opened(username),
      observation,
    };
  }
}

function accepted(): Observation {
  return { state: 'authenticating', cause: 'none', providerStatus: 'ACCEPTED', providerStatusAt: null };
}

function revealed(fields: ReadonlyMap<string, SecretValue>): ReadonlyMap<string, string> {
  return new Map([...fields].map(([name, value]) => [name, value.reveal('fake')]));
}

const INSTITUTION: Institution = {
  id: FAKE_BANK,
  name: 'Fake Bank',
  market: 'SE',
  status: 'enabled',
  connect: ['direct'],
  fields: [
    { name: 'username', label: 'Name', type: 'text', required: true, masked: false },
    { name: 'password', label: 'Password', type: 'masked', required: true, masked: true },
  ],
};
