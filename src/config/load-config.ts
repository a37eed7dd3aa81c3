import 'reflect-metadata';

import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

import { ConfigError, type ConfigProblem } from './config-error.js';
import { parseKeyList } from './environment-rules.js';
import { Environment } from './environment.js';
import {
  AccessConfig,
  CacheConfig,
  CryptoConfig,
  DatabaseConfig,
  FlanksConfig,
  FlinksConfig,
  LoggingConfig,
  OidcConfig,
  PacingConfig,
  ServerConfig,
  SyncConfig,
  TinkConfig,
  WebhooksConfig,
  type Mode,
} from './slices.js';
import { configWarnings } from './warnings.js';

/** The whole configuration. Each slice is injected by its class. */
export interface Config {
  readonly server: ServerConfig;
  readonly database: DatabaseConfig;
  readonly cache: CacheConfig;
  readonly crypto: CryptoConfig;
  readonly access: AccessConfig;
  readonly oidc: OidcConfig;
  readonly logging: LoggingConfig;
  readonly webhooks: WebhooksConfig;
  readonly sync: SyncConfig;
  readonly pacing: PacingConfig;
  readonly tink: TinkConfig;
  readonly flanks: FlanksConfig;
  readonly flinks: FlinksConfig;
  /** Allowed, but probably not what was meant. Logged at start. */
  readonly warnings: readonly string[];
}

/**
 * Reads the environment once. Pure: the same environment gives the same configuration.
 * An empty or blank variable counts as not set.
 * @throws ConfigError with every problem; problems name variable and rule, never the value.
 */
export function loadConfig(env: NodeJS.ProcessEnv, terminal = false): Config {
  const environment = plainToInstance(Environment, present(env), { exposeDefaultValues: true });
  const problems = [...variableProblems(environment), ...jointProblems(environment)];
  if (problems.length > 0) throw new ConfigError(problems);
  const server = serverConfig(environment);
  return {
    server,
    database: databaseConfig(environment),
    cache: new CacheConfig(environment.REDIS_URL ?? null, environment.MOORING_CACHE_TTL_MS),
    crypto: new CryptoConfig(parseKeyList(environment.MOORING_ENCRYPTION_KEYS ?? '') ?? []),
    access: new AccessConfig(environment.MOORING_BOOTSTRAP_KEY ?? null),
    oidc: oidcConfig(environment),
    logging: new LoggingConfig(environment.MOORING_LOG_LEVEL, server.mode === 'sandbox' && terminal),
    webhooks: webhooksConfig(environment, server.mode),
    sync: syncConfig(environment),
    pacing: pacingConfig(environment),
    tink: tinkConfig(environment),
    flanks: flanksConfig(environment),
    flinks: flinksConfig(environment),
    warnings: configWarnings(environment, server, hasProvider(environment)),
  };
}

function present(env: NodeJS.ProcessEnv): Record<string, string> {
  const known = new Set(Object.keys(new Environment()).concat(OPTIONAL_VARIABLES));
  const entries = Object.entries(env).flatMap(([name, value]) => {
    const text = value?.trim() ?? '';
    return known.has(name) && text !== '' ? [[name, text] as const] : [];
  });
  return Object.fromEntries(entries);
}

const OPTIONAL_VARIABLES = [
  'MOORING_MODE',
  'DATABASE_URL',
  'REDIS_URL',
  'MOORING_ENCRYPTION_KEYS',
  'MOORING_PUBLIC_URL',
  'MOORING_BOOTSTRAP_KEY',
  'OIDC_ISSUER',
  'OIDC_AUDIENCE',
  'MOORING_WEBHOOK_ALLOW_PRIVATE',
  'TINK_REQUESTS_PER_SECOND',
  'TINK_CONCURRENCY',
  'FLANKS_REQUESTS_PER_SECOND',
  'FLANKS_CONCURRENCY',
  'FLINKS_REQUESTS_PER_SECOND',
  'FLINKS_CONCURRENCY',
  'TINK_CLIENT_ID',
  'TINK_CLIENT_SECRET',
  'TINK_WEBHOOK_SECRET',
  'FLANKS_CLIENT_ID',
  'FLANKS_CLIENT_SECRET',
  'FLANKS_LINK_TOKEN',
  'FLINKS_CUSTOMER_ID',
  'FLINKS_SECRET_KEY',
  'FLINKS_API_KEY',
  'FLINKS_WEBHOOK_SECRET',
] as const satisfies readonly (keyof Environment)[];

function variableProblems(environment: Environment): ConfigProblem[] {
  return validateSync(environment, { stopAtFirstError: true }).flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((rule) => ({ variable: property, rule })),
  );
}

/** The first needs the second. */
const TOGETHER = [
  ['OIDC_ISSUER', 'OIDC_AUDIENCE'],
  ['OIDC_AUDIENCE', 'OIDC_ISSUER'],
  ['TINK_CLIENT_ID', 'TINK_CLIENT_SECRET'],
  ['TINK_CLIENT_SECRET', 'TINK_CLIENT_ID'],
  ['TINK_WEBHOOK_SECRET', 'TINK_CLIENT_ID'],
  ['FLANKS_CLIENT_ID', 'FLANKS_CLIENT_SECRET'],
  ['FLANKS_CLIENT_SECRET', 'FLANKS_CLIENT_ID'],
  ['FLANKS_LINK_TOKEN', 'FLANKS_CLIENT_ID'],
  ['FLINKS_SECRET_KEY', 'FLINKS_CUSTOMER_ID'],
  ['FLINKS_API_KEY', 'FLINKS_CUSTOMER_ID'],
  ['FLINKS_WEBHOOK_SECRET', 'FLINKS_CUSTOMER_ID'],
] as const satisfies readonly (readonly [keyof Environment, keyof Environment])[];

/** Rules that look at more than one variable. */
function jointProblems(environment: Environment): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [one, other] of TOGETHER) {
    if (environment[one] && !environment[other])
      problems.push({ variable: other, rule: `is needed when ${one} is set` });
  }
  if (modeOf(environment) === 'live' && !environment.MOORING_ENCRYPTION_KEYS) {
    problems.push({
      variable: 'MOORING_ENCRYPTION_KEYS',
      rule: 'is needed in live mode: id:base64 of 32 random bytes',
    });
  }
  return problems;
}

function modeOf(environment: Environment): Mode {
  return environment.MOORING_MODE ?? (hasProvider(environment) ? 'live' : 'sandbox');
}

function hasProvider(environment: Environment): boolean {
  const { TINK_CLIENT_ID, TINK_CLIENT_SECRET, FLANKS_CLIENT_ID, FLINKS_CUSTOMER_ID } = environment;
  return [TINK_CLIENT_ID, TINK_CLIENT_SECRET, FLANKS_CLIENT_ID, FLINKS_CUSTOMER_ID].some((id) => id !== undefined);
}

function serverConfig(environment: Environment): ServerConfig {
  const { HOST: host, PORT: port, MOORING_ROLE: role } = environment;
  const ownUrl = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new ServerConfig(host, port, trimSlash(environment.MOORING_PUBLIC_URL ?? ownUrl), role, modeOf(environment));
}

function syncConfig(environment: Environment): SyncConfig {
  const { MOORING_REFRESH_EVERY_MS, MOORING_READ_EVERY_MS, MOORING_SYNC_CONCURRENCY } = environment;
  return new SyncConfig(MOORING_REFRESH_EVERY_MS, MOORING_READ_EVERY_MS, MOORING_SYNC_CONCURRENCY);
}

function pacingConfig(environment: Environment): PacingConfig {
  const limits = (name: 'TINK' | 'FLANKS' | 'FLINKS') => ({
    requestsPerSecond: environment[`${name}_REQUESTS_PER_SECOND`] ?? null,
    concurrency: environment[`${name}_CONCURRENCY`] ?? null,
  });
  return new PacingConfig({ tink: limits('TINK'), flanks: limits('FLANKS'), flinks: limits('FLINKS') });
}

function databaseConfig(environment: Environment): DatabaseConfig {
  const { DATABASE_URL: url = null, MOORING_DATA_DIR: dataDir, MOORING_DATABASE_BACKEND: backend } = environment;
  return new DatabaseConfig(url, dataDir, url === null ? 'pglite' : backend);
}

function webhooksConfig({ MOORING_WEBHOOK_ALLOW_PRIVATE: allow }: Environment, mode: Mode): WebhooksConfig {
  return new WebhooksConfig(allow === undefined ? mode === 'sandbox' : allow === 'true');
}

function oidcConfig({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience }: Environment): OidcConfig {
  return new OidcConfig(issuer && audience ? { issuer, audience } : null);
}

function tinkConfig(environment: Environment): TinkConfig {
  const { TINK_CLIENT_ID: id, TINK_CLIENT_SECRET: secret } = environment;
  return new TinkConfig(
    trimSlash(environment.TINK_API_URL),
    trimSlash(environment.TINK_LINK_URL),
    id && secret ? { id, secret } : null,
    environment.TINK_MARKET,
    environment.TINK_WEBHOOK_SECRET ?? null,
  );
}

function flanksConfig(environment: Environment): FlanksConfig {
  const { FLANKS_CLIENT_ID: id, FLANKS_CLIENT_SECRET: secret } = environment;
  return new FlanksConfig(
    trimSlash(environment.FLANKS_API_URL),
    trimSlash(environment.FLANKS_PLATFORM_URL),
    id && secret ? { id, secret } : null,
    environment.FLANKS_LINK_TOKEN ?? null,
    environment.FLANKS_FLOW,
  );
}

function flinksConfig(environment: Environment): FlinksConfig {
  return new FlinksConfig(
    trimSlash(environment.FLINKS_API_URL),
    trimSlash(environment.FLINKS_CONNECT_URL),
    environment.FLINKS_CUSTOMER_ID ?? null,
    environment.FLINKS_SECRET_KEY ?? null,
    environment.FLINKS_API_KEY ?? null,
    environment.FLINKS_WEBHOOK_SECRET ?? null,
  );
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
