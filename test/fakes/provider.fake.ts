import type { Capabilities } from '../../src/credentials/capabilities.js';
import {
  CredentialsService,
  type CredentialSnapshot,
  type QrImage,
} from '../../src/credentials/credentials.service.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import { InstitutionDirectory, type Institution } from '../../src/credentials/institution-directory.js';
import { LoginRefresher } from '../../src/credentials/login-refresher.js';
import type { Observation } from '../../src/credentials/observation.js';
import { providerId } from '../../src/credentials/provider-id.js';
import { ProviderUsers, type ProviderAccessToken } from '../../src/credentials/provider-users.js';
import { Provider } from '../../src/credentials/provider.js';
import { fail, type Result } from '../../src/credentials/result.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';

/** What each operation of each port answers with. */
interface Answers {
  'credentials.list': readonly CredentialSnapshot[];
  'credentials.get': CredentialSnapshot;
  'credentials.create': CredentialSnapshot;
  'credentials.delete': { readonly alreadyGone: boolean };
  'credentials.refresh': Observation;
  'credentials.authenticate': Observation;
  'credentials.qr': QrImage;
  'credentials.submitSupplementalInformation': Observation;
  'login.replaceLogin': CredentialSnapshot;
  'users.create': { readonly created: boolean };
  'users.delete': { readonly alreadyGone: boolean };
  'users.authorizationGrant': { readonly code: SecretValue };
  'users.accessToken': ProviderAccessToken;
  'institutions.list': readonly Institution[];
  'institutions.find': Institution;
}
export type FakeOperation = keyof Answers;

type Scripted<K extends FakeOperation> =
  | Result<Answers[K], ProviderFailure>
  | ((
      ...args: readonly unknown[]
    ) => Result<Answers[K], ProviderFailure> | Promise<Result<Answers[K], ProviderFailure>>);

export interface FakeCall {
  readonly operation: FakeOperation;
  /** Without the trailing `CallContext`. */
  readonly args: readonly unknown[];
  readonly signal: AbortSignal | undefined;
}

/** Thrown for a call that was not planned: an error of the test or of the code under test, never an expected failure. */
export class UnplannedCall extends Error {
  override readonly name = 'UnplannedCall';
}

/** The script of a `ProviderFake`: answers in the planned order for each operation, and what was called. */
export class FakeScript {
  readonly calls: FakeCall[] = [];
  private readonly overrides = new Map<FakeOperation, unknown>();
  private readonly planned: {
    readonly operation: FakeOperation;
    readonly answer: unknown;
    readonly always: boolean;
  }[] = [];

  /** Each answer is given once. A function is asked with the call's arguments. */
  plan<K extends FakeOperation>(operation: K, ...answers: readonly Scripted<K>[]): this {
    for (const answer of answers) this.planned.push({ operation, answer, always: false });
    return this;
  }

  /** For any number of calls, after what was planned. */
  always<K extends FakeOperation>(operation: K, answer: Scripted<K>): this {
    this.planned.push({ operation, answer, always: true });
    return this;
  }

  /** Goes before all that was planned, until cleared. */
  override<K extends FakeOperation>(operation: K, answer: Scripted<K>): this {
    this.overrides.set(operation, answer);
    return this;
  }

  clearOverrides(): void {
    this.overrides.clear();
  }

  callsTo(operation: FakeOperation): readonly FakeCall[] {
    return this.calls.filter((call) => call.operation === operation);
  }

  /** Operations that were planned and never called. */
  get unused(): readonly FakeOperation[] {
    return this.planned.filter(({ always }) => !always).map(({ operation }) => operation);
  }

  reset(): void {
    this.calls.length = 0;
    this.planned.length = 0;
    this.overrides.clear();
  }

  /** @throws UnplannedCall */
  async take<K extends FakeOperation>(
    operation: K,
    args: readonly unknown[],
  ): Promise<Result<Answers[K], ProviderFailure>> {
    const last = args.at(-1);
    const signal = isCallContext(last) ? last.signal : undefined;
    this.calls.push({ operation, args: signal ? args.slice(0, -1) : args, signal });
    if (signal?.aborted) return fail(GIVEN_UP);
    const answer = (this.overrides.get(operation) ?? this.next(operation)) as Scripted<K>;
    return typeof answer === 'function' ? answer(...args) : answer;
  }

  private next(operation: FakeOperation): unknown {
    const mine = this.planned.filter((each) => each.operation === operation);
    const next = mine.find(({ always }) => !always) ?? mine[0];
    if (!next) throw new UnplannedCall(`${operation} was not planned.`);
    if (!next.always) this.planned.splice(this.planned.indexOf(next), 1);
    return next.answer;
  }
}

/** As every adapter: nothing is sent for a caller who has given up. */
const GIVEN_UP: ProviderFailure = {
  code: 'provider.aborted',
  message: 'The call was given up.',
  mayHaveHappened: false,
};

function isCallContext(value: unknown): value is { readonly signal: AbortSignal } {
  return typeof value === 'object' && value !== null && 'signal' in value && value.signal instanceof AbortSignal;
}

export const FAKE_CAPABILITIES: Capabilities = {
  link: [],
  list: true,
  connect: ['direct'],
  refresh: 'on_demand',
  authenticate: true,
  supplementalInformation: true,
  qr: true,
  replaceLogin: true,
  renewBeforeExpiry: true,
  webhooks: false,
  users: true,
  data: [],
  limits: { unattendedRefreshesPerDay: 4, settleWithinMs: 30 * 60_000 },
};

class FakeCredentials extends CredentialsService {
  constructor(
    override readonly capabilities: Capabilities,
    private readonly script: FakeScript,
  ) {
    super();
  }

  /** The answer to `username`. */
  override loginIdentity(_institution: Institution, fields: ReadonlyMap<string, SecretValue>): SecretValue | null {
    return fields.get('username') ?? null;
  }

  override list = async (...args: Parameters<CredentialsService['list']>) => this.script.take('credentials.list', args);
  override get = async (...args: Parameters<CredentialsService['get']>) => this.script.take('credentials.get', args);
  override create = async (...args: Parameters<CredentialsService['create']>) =>
    this.script.take('credentials.create', args);
  override delete = async (...args: Parameters<CredentialsService['delete']>) =>
    this.script.take('credentials.delete', args);
  override refresh = async (...args: Parameters<CredentialsService['refresh']>) =>
    this.script.take('credentials.refresh', args);
  override authenticate = async (...args: Parameters<CredentialsService['authenticate']>) =>
    this.script.take('credentials.authenticate', args);
  override qr = async (...args: Parameters<CredentialsService['qr']>) => this.script.take('credentials.qr', args);
  override submitSupplementalInformation = async (
    ...args: Parameters<CredentialsService['submitSupplementalInformation']>
  ) => this.script.take('credentials.submitSupplementalInformation', args);
}

class FakeLogin extends LoginRefresher {
  constructor(private readonly script: FakeScript) {
    super();
  }

  override replaceLogin = async (...args: Parameters<LoginRefresher['replaceLogin']>) =>
    this.script.take('login.replaceLogin', args);
}

class FakeUsers extends ProviderUsers {
  constructor(private readonly script: FakeScript) {
    super();
  }

  override create = async (...args: Parameters<ProviderUsers['create']>) => this.script.take('users.create', args);
  override delete = async (...args: Parameters<ProviderUsers['delete']>) => this.script.take('users.delete', args);
  override authorizationGrant = async (...args: Parameters<ProviderUsers['authorizationGrant']>) =>
    this.script.take('users.authorizationGrant', args);
  override accessToken = async (...args: Parameters<ProviderUsers['accessToken']>) =>
    this.script.take('users.accessToken', args);
}

class FakeInstitutions extends InstitutionDirectory {
  constructor(private readonly script: FakeScript) {
    super();
  }

  override list = async (...args: Parameters<InstitutionDirectory['list']>) =>
    this.script.take('institutions.list', args);
  override find = async (...args: Parameters<InstitutionDirectory['find']>) =>
    this.script.take('institutions.find', args);
}

/** A provider in memory that does what `script` says and throws at anything else. */
export class ProviderFake extends Provider {
  readonly script = new FakeScript();
  override readonly id;
  override readonly name = 'Fake';
  override readonly configured = true;
  override readonly credentials: CredentialsService;
  override readonly login: LoginRefresher;
  override readonly users: ProviderUsers;
  override readonly institutions: InstitutionDirectory;

  constructor(id = 'fake', capabilities: Partial<Capabilities> = {}) {
    super();
    this.id = providerId(id);
    this.credentials = new FakeCredentials({ ...FAKE_CAPABILITIES, ...capabilities }, this.script);
    this.login = new FakeLogin(this.script);
    this.users = new FakeUsers(this.script);
    this.institutions = new FakeInstitutions(this.script);
  }
}
