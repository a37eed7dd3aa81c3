import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsOptional, Matches, Max, Min } from 'class-validator';

import { LOG_LEVELS, SERVER_BACKENDS, type LogLevel, type Mode, type Role, type ServerBackend } from './slices.js';
import { IsAddress, IsBareAddress, IsKeyList, IsLimit } from './environment-rules.js';

const ONE_MINUTE_MS = 60_000;
const ONE_HOUR_MS = 3_600_000;
const ONE_DAY_MS = 24 * ONE_HOUR_MS;

/** The variables that Mooring reads, by their names in the environment, each with its own rules; the lowest decorator is checked first. */
export class Environment {
  @Type(() => Number)
  @Max(65_535, { message: 'must be 65535 or less' })
  @Min(0, { message: 'must be 0 or more' })
  @IsInt({ message: 'must be a whole number' })
  PORT = 3000;

  @IsNotEmpty()
  @Matches(/^[\w.:-]+$/, { message: 'must be a host name or an IP address' })
  HOST = '127.0.0.1';

  @IsIn(['all', 'api', 'worker'], { message: 'must be all, api or worker' })
  MOORING_ROLE: Role = 'all';

  @IsOptional()
  @IsIn(['sandbox', 'live'], { message: 'must be sandbox or live' })
  MOORING_MODE?: Mode;

  @IsNotEmpty()
  MOORING_DATA_DIR = '.mooring';

  @IsOptional()
  @IsAddress(['postgres:', 'postgresql:'])
  DATABASE_URL?: string;

  @IsIn(SERVER_BACKENDS, { message: `must be one of ${SERVER_BACKENDS.join(', ')}` })
  MOORING_DATABASE_BACKEND: ServerBackend = 'postgres';

  @IsOptional()
  @IsAddress(['redis:', 'rediss:'])
  REDIS_URL?: string;

  @IsOptional()
  @IsKeyList()
  MOORING_ENCRYPTION_KEYS?: string;

  @IsOptional()
  @IsBareAddress()
  @IsAddress(['http:', 'https:'])
  MOORING_PUBLIC_URL?: string;

  @IsOptional()
  @Matches(/^\S{32,256}$/, { message: 'must have 32 to 256 characters and no spaces' })
  MOORING_BOOTSTRAP_KEY?: string;

  @IsOptional()
  @IsBareAddress()
  @IsAddress(['https:'], { httpOnLoopback: true })
  OIDC_ISSUER?: string;

  @IsOptional()
  @Matches(/^\S{1,200}$/, { message: 'must have 1 to 200 characters and no spaces' })
  OIDC_AUDIENCE?: string;

  @Type(() => Number)
  @Max(ONE_HOUR_MS, { message: 'must be 3600000 (one hour) or less' })
  @Min(0, { message: 'must be 0 or more' })
  @IsInt({ message: 'must be a whole number of milliseconds' })
  MOORING_CACHE_TTL_MS = 30_000;

  @Type(() => Number)
  @Max(7 * ONE_DAY_MS, { message: 'must be 604800000 (one week) or less' })
  @Min(ONE_MINUTE_MS, { message: 'must be 60000 (one minute) or more' })
  @IsInt({ message: 'must be a whole number of milliseconds' })
  MOORING_REFRESH_EVERY_MS = ONE_DAY_MS;

  @Type(() => Number)
  @Max(7 * ONE_DAY_MS, { message: 'must be 604800000 (one week) or less' })
  @Min(ONE_MINUTE_MS, { message: 'must be 60000 (one minute) or more' })
  @IsInt({ message: 'must be a whole number of milliseconds' })
  MOORING_READ_EVERY_MS = 6 * ONE_HOUR_MS;

  @Type(() => Number)
  @Max(200, { message: 'must be 200 or less' })
  @Min(1, { message: 'must be 1 or more' })
  @IsInt({ message: 'must be a whole number' })
  MOORING_SYNC_CONCURRENCY = 32;

  @IsOptional()
  @IsIn(['true', 'false'], { message: 'must be true or false' })
  MOORING_WEBHOOK_ALLOW_PRIVATE?: 'true' | 'false';

  @IsIn(LOG_LEVELS, { message: `must be one of ${LOG_LEVELS.join(', ')}` })
  MOORING_LOG_LEVEL: LogLevel = 'info';

  @IsAddress(['https:'], { httpOnLoopback: true })
  TINK_API_URL = 'https://api.tink.com';

  @IsAddress(['https:'], { httpOnLoopback: true })
  TINK_LINK_URL = 'https://link.tink.com';

  @IsOptional()
  @IsNotEmpty()
  TINK_CLIENT_ID?: string;

  @IsOptional()
  @IsNotEmpty()
  TINK_CLIENT_SECRET?: string;

  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toUpperCase() : value))
  @Matches(/^[A-Z]{2}$/, { message: 'must be a country code of two letters' })
  TINK_MARKET = 'SE';

  @IsOptional()
  @Matches(/^\S{16,256}$/, { message: 'must have 16 to 256 characters and no spaces' })
  TINK_WEBHOOK_SECRET?: string;

  @IsLimit()
  TINK_REQUESTS_PER_SECOND?: number;

  @IsLimit()
  TINK_CONCURRENCY?: number;

  @IsAddress(['https:'], { httpOnLoopback: true })
  FLANKS_API_URL = 'https://api.flanks.io';

  @IsAddress(['https:'], { httpOnLoopback: true })
  FLANKS_PLATFORM_URL = 'https://platform.flanks.io';

  @IsOptional()
  @IsNotEmpty()
  FLANKS_CLIENT_ID?: string;

  @IsOptional()
  @IsNotEmpty()
  FLANKS_CLIENT_SECRET?: string;

  @IsOptional()
  @IsNotEmpty()
  FLANKS_LINK_TOKEN?: string;

  @IsIn(['link', 'session'], { message: 'must be link or session' })
  FLANKS_FLOW: 'link' | 'session' = 'link';

  @IsLimit()
  FLANKS_REQUESTS_PER_SECOND?: number;

  @IsLimit()
  FLANKS_CONCURRENCY?: number;

  @IsAddress(['https:'], { httpOnLoopback: true })
  FLINKS_API_URL = 'https://toolbox-api.private.fin.ag';

  @IsAddress(['https:'], { httpOnLoopback: true })
  FLINKS_CONNECT_URL = 'https://toolbox-iframe.private.fin.ag';

  @IsOptional()
  @Matches(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, { message: 'must be a UUID' })
  FLINKS_CUSTOMER_ID?: string;

  @IsOptional()
  @IsNotEmpty()
  FLINKS_SECRET_KEY?: string;

  @IsOptional()
  @IsNotEmpty()
  FLINKS_API_KEY?: string;

  @IsOptional()
  @IsNotEmpty()
  FLINKS_WEBHOOK_SECRET?: string;

  @IsLimit()
  FLINKS_REQUESTS_PER_SECOND?: number;

  @IsLimit()
  FLINKS_CONCURRENCY?: number;
}
