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
  LoggingConfig,
  ServerConfig,
  TinkConfig,
} from './slices.js';

/** The whole configuration. Each slice is injected by its class. */
export interface Config {
  readonly server: ServerConfig;
  readonly database: DatabaseConfig;
  readonly cache: CacheConfig;
  readonly crypto: CryptoConfig;
  readonly access: AccessConfig;
  readonly logging: LoggingConfig;
  readonly tink: TinkConfig;
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
    database: new DatabaseConfig(environment.DATABASE_URL ?? null, environment.MOORING_DATA_DIR),
    cache: new CacheConfig(environment.REDIS_URL ?? null, environment.MOORING_CACHE_TTL_MS),
    crypto: new CryptoConfig(parseKeyList(environment.MOORING_ENCRYPTION_KEYS ?? '') ?? []),
    access: new AccessConfig(environment.MOORING_BOOTSTRAP_KEY ?? null),
    logging: new LoggingConfig(environment.MOORING_LOG_LEVEL, server.mode === 'sandbox' && terminal),
    tink: tinkConfig(environment),
    warnings: warnings(environment, server),
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
  'TINK_CLIENT_ID',
  'TINK_CLIENT_SECRET',
] as const satisfies readonly (keyof Environment)[];

function variableProblems(environment: Environment): ConfigProblem[] {
  return validateSync(environment, { stopAtFirstError: true }).flatMap(({ property, constraints }) =>
    Object.values(constraints ?? {}).map((rule) => ({ variable: property, rule })),
  );
}

/** Rules that look at more than one variable. */
function jointProblems(environment: Environment): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { TINK_CLIENT_ID: id, TINK_CLIENT_SECRET: secret } = environment;
  if (id && !secret) problems.push({ variable: 'TINK_CLIENT_SECRET', rule: 'is needed when TINK_CLIENT_ID is set' });
  if (secret && !id) problems.push({ variable: 'TINK_CLIENT_ID', rule: 'is needed when TINK_CLIENT_SECRET is set' });
  if (modeOf(environment) === 'live' && !environment.MOORING_ENCRYPTION_KEYS) {
    problems.push({
      variable: 'MOORING_ENCRYPTION_KEYS',
      rule: 'is needed in live mode: id:base64 of 32 random bytes',
    });
  }
  return problems;
}

function modeOf(environment: Environment): 'sandbox' | 'live' {
  return environment.MOORING_MODE ?? (hasProvider(environment) ? 'live' : 'sandbox');
}

function hasProvider(environment: Environment): boolean {
  return environment.TINK_CLIENT_ID !== undefined || environment.TINK_CLIENT_SECRET !== undefined;
}

function serverConfig(environment: Environment): ServerConfig {
  const { HOST: host, PORT: port, MOORING_ROLE: role } = environment;
  const ownUrl = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new ServerConfig(host, port, trimSlash(environment.MOORING_PUBLIC_URL ?? ownUrl), role, modeOf(environment));
}

function tinkConfig(environment: Environment): TinkConfig {
  const { TINK_CLIENT_ID: id, TINK_CLIENT_SECRET: secret } = environment;
  return new TinkConfig(
    trimSlash(environment.TINK_API_URL),
    trimSlash(environment.TINK_LINK_URL),
    id && secret ? { id, secret } : null,
    environment.TINK_MARKET,
  );
}

function warnings(environment: Environment, server: ServerConfig): string[] {
  const found: string[] = [];
  if (server.mode === 'live' && !hasProvider(environment)) {
    found.push('Live mode without a provider: set TINK_CLIENT_ID and TINK_CLIENT_SECRET to connect banks.');
  }
  if (server.mode === 'live' && !environment.DATABASE_URL) {
    found.push('Live mode on the embedded database: set DATABASE_URL for more than one process and for backups.');
  }
  return found;
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
