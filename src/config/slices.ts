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

export class DatabaseConfig {
  constructor(
    /** `null` = the embedded database in `dataDir`. */
    readonly url: string | null,
    readonly dataDir: string,
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

export class TinkConfig {
  constructor(
    /** Without a trailing slash. */
    readonly apiUrl: string,
    readonly linkUrl: string,
    /** `null` = Tink is off. */
    readonly client: { readonly id: string; readonly secret: string } | null,
    /** ISO 3166-1 alpha-2; for users and institutions where the caller names none. */
    readonly market: string,
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
  ) {}
}
