/** Typed slices of the environment. Each is a class, so that it is its own injection token. */

export type Role = 'all' | 'api' | 'worker';
export type Mode = 'sandbox' | 'live';

export class ServerConfig {
  constructor(
    readonly host: string,
    readonly port: number,
    /** Without a trailing slash. */
    readonly publicUrl: string,
    readonly role: Role,
    readonly mode: Mode,
  ) {}
}

export const SERVER_BACKENDS = ['postgres', 'cockroachdb', 'yugabytedb', 'citus'] as const;
export type ServerBackend = (typeof SERVER_BACKENDS)[number];
export type DatabaseBackend = ServerBackend | 'pglite';

export class DatabaseConfig {
  constructor(
    /** `null` = the embedded database in `dataDir`. */
    readonly url: string | null,
    readonly dataDir: string,
    /** What answers at `url`; `pglite` = the embedded database. */
    readonly backend: DatabaseBackend,
  ) {}
}

export class CacheConfig {
  constructor(
    /** `null` = in this process's memory. */
    readonly redisUrl: string | null,
    /** Milliseconds that a settled connection is served from the cache. */
    readonly ttlMs: number,
  ) {}
}

export class CryptoConfig {
  constructor(
    /** The first is current. */
    readonly keys: readonly { readonly id: string; readonly key: Buffer }[],
  ) {}
}

export class AccessConfig {
  constructor(
    /** Secret of a first admin client, created at start if no client exists. */
    readonly bootstrapKey: string | null,
  ) {}
}

export class SyncConfig {
  constructor(
    /** Age of data in milliseconds at which the bank is asked without the user, where we may. */
    readonly refreshEveryMs: number,
    /** Milliseconds between two readings of a healthy connection. */
    readonly readEveryMs: number,
    /** Syncs of one provider at the same time in this process. */
    readonly concurrency: number,
  ) {}
}

/** Of one provider, over all processes. `null` = no limit but those of each process. */
export interface ProviderLimits {
  readonly requestsPerSecond: number | null;
  readonly concurrency: number | null;
}

const NO_LIMITS: ProviderLimits = { requestsPerSecond: null, concurrency: null };

export class PacingConfig {
  constructor(
    /** By provider id. */
    private readonly limits: Readonly<Record<string, ProviderLimits>>,
  ) {}

  /** Ids of all providers that can be configured. */
  get providers(): readonly string[] {
    return Object.keys(this.limits);
  }

  limitsOf(provider: string): ProviderLimits {
    return Object.hasOwn(this.limits, provider) ? (this.limits[provider] ?? NO_LIMITS) : NO_LIMITS;
  }
}

export class WebhooksConfig {
  constructor(
    /** Receivers of outgoing events may have private addresses and plain http. */
    readonly allowPrivate: boolean,
  ) {}
}

export class OidcConfig {
  constructor(
    /** The issuer exactly as tokens name it. `null` = only keys and user tokens are known. */
    readonly provider: { readonly issuer: string; readonly audience: string } | null,
  ) {}
}

export class TinkConfig {
  constructor(
    /** Without a trailing slash. */
    readonly apiUrl: string,
    readonly linkUrl: string,
    /** `null` = Tink is off. */
    readonly client: { readonly id: string; readonly secret: string } | null,
    /** ISO 3166-1 alpha-2; for users and institutions where the caller names none. */
    readonly market: string,
    /** Signs webhooks of an endpoint that was registered by hand. `null` = there is none. */
    readonly webhookSecret: string | null = null,
  ) {}
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export class LoggingConfig {
  constructor(
    readonly level: LogLevel,
    /** Coloured lines for a person at a terminal; JSON lines otherwise. */
    readonly pretty: boolean,
  ) {}
}

export class FlanksConfig {
  constructor(
    /** Without a trailing slash. */
    readonly apiUrl: string,
    /** Where the hosted Link is. */
    readonly platformUrl: string,
    /** `null` = Flanks is off. */
    readonly client: { readonly id: string; readonly secret: string } | null,
    /** `null` = Mooring finds or creates its own Link. */
    readonly linkToken: string | null,
    /** `link`: hosted Link and codes. `session`: Connect v2. */
    readonly flow: 'link' | 'session',
  ) {}
}

export class FlinksConfig {
  constructor(
    /** Ends before `/v3`, without a trailing slash. */
    readonly apiUrl: string,
    /** Where Flinks Connect is. */
    readonly connectUrl: string,
    /** `null` = Flinks is off. */
    readonly customerId: string | null,
    /** Mints authorize tokens. `null` = the instance wants none. */
    readonly secretKey: string | null,
    /** Sent as `x-api-key`. `null` = the instance wants none. */
    readonly apiKey: string | null,
    /** Signs Flinks' webhooks; agreed with its support. `null` = none is accepted. */
    readonly webhookSecret: string | null = null,
  ) {}
}
