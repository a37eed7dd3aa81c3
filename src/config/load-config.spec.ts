import { ConfigError } from './config-error.js';
import { loadConfig } from './load-config.js';

const KEY = Buffer.alloc(32, 1).toString('base64');
const KEYS = `2026:${KEY},2025:${Buffer.alloc(32, 2).toString('base64')}`;

function problemsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ variable }) => variable);
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('has the documented defaults for an empty environment', () => {
    const config = loadConfig({});

    expect(config.server).toEqual({
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      role: 'all',
      mode: 'sandbox',
    });
    expect(config.database).toEqual({ url: null, dataDir: '.mooring', backend: 'pglite' });
    expect(config.cache).toEqual({ redisUrl: null, ttlMs: 30_000 });
    expect(config.crypto.keys).toEqual([]);
    expect(config.access.bootstrapKey).toBeNull();
    expect(config.logging).toEqual({ level: 'info', pretty: false });
    expect(config.tink).toEqual({
      apiUrl: 'https://api.tink.com',
      linkUrl: 'https://link.tink.com',
      client: null,
      market: 'SE',
      webhookSecret: null,
    });
    expect(config.warnings).toEqual([]);
  });

  it('reads every variable', () => {
    const config = loadConfig({
      PORT: '8080',
      HOST: '::1',
      MOORING_ROLE: 'worker',
      MOORING_DATA_DIR: '/var/lib/mooring',
      DATABASE_URL: 'postgres://u:p@db/mooring',
      REDIS_URL: 'rediss://cache:6380',
      MOORING_ENCRYPTION_KEYS: KEYS,
      MOORING_BOOTSTRAP_KEY: 'a-bootstrap-key-of-a-good-length',
      MOORING_CACHE_TTL_MS: '500',
      MOORING_LOG_LEVEL: 'debug',
      TINK_API_URL: 'http://127.0.0.1:9000/',
      TINK_CLIENT_ID: 'id',
      TINK_CLIENT_SECRET: 'secret',
      TINK_MARKET: 'gb',
      TINK_WEBHOOK_SECRET: 'whsec-of-sixteen-or-more',
    });

    expect(config.server).toMatchObject({ port: 8080, publicUrl: 'http://[::1]:8080', role: 'worker', mode: 'live' });
    expect(config.database).toEqual({
      url: 'postgres://u:p@db/mooring',
      dataDir: '/var/lib/mooring',
      backend: 'postgres',
    });
    expect(config.cache).toEqual({ redisUrl: 'rediss://cache:6380', ttlMs: 500 });
    expect(config.crypto.keys.map(({ id, key }) => [id, key.length])).toEqual([
      ['2026', 32],
      ['2025', 32],
    ]);
    expect(config.access.bootstrapKey).toBe('a-bootstrap-key-of-a-good-length');
    expect(config.logging.level).toBe('debug');
    expect(config.tink).toMatchObject({
      apiUrl: 'http://127.0.0.1:9000',
      client: { id: 'id', secret: 'secret' },
      market: 'GB',
      webhookSecret: 'whsec-of-sixteen-or-more',
    });
  });

  it.each([
    [{}, 'pglite'],
    [{ MOORING_DATABASE_BACKEND: 'citus' }, 'pglite'],
    [{ DATABASE_URL: 'postgres://db/m' }, 'postgres'],
    [{ DATABASE_URL: 'postgres://db/m', MOORING_DATABASE_BACKEND: 'cockroachdb' }, 'cockroachdb'],
  ])('knows what answers as database: %j is %s', (env, backend) => {
    expect(loadConfig(env).database.backend).toBe(backend);
  });

  it.each(['pglite', 'mysql', 'POSTGRES'])('refuses %s as the database server', (backend) => {
    expect(problemsOf({ MOORING_DATABASE_BACKEND: backend })).toEqual(['MOORING_DATABASE_BACKEND']);
  });

  it('knows an OIDC issuer by address and audience together', () => {
    const issuer = 'https://id.example/realm/';
    expect(loadConfig({}).oidc.provider).toBeNull();
    expect(loadConfig({ OIDC_ISSUER: issuer, OIDC_AUDIENCE: 'mooring' }).oidc.provider).toEqual({
      issuer,
      audience: 'mooring',
    });
    expect(problemsOf({ OIDC_ISSUER: issuer })).toEqual(['OIDC_AUDIENCE']);
    expect(problemsOf({ OIDC_AUDIENCE: 'mooring' })).toEqual(['OIDC_ISSUER']);
    for (const insecure of [
      'http://id.example',
      'ftp://id.example',
      'https://u:p@id.example',
      'https://id.example?x=1',
    ])
      expect(problemsOf({ OIDC_ISSUER: insecure, OIDC_AUDIENCE: 'mooring' })).toEqual(['OIDC_ISSUER']);
  });

  it('takes a blank variable as not set', () => {
    expect(loadConfig({ PORT: ' ', DATABASE_URL: '', TINK_CLIENT_ID: '' })).toEqual(loadConfig({}));
  });

  it('reads the other providers, each on its own', () => {
    const keys = { MOORING_ENCRYPTION_KEYS: KEYS };
    const { flanks, flinks, server } = loadConfig({
      ...keys,
      FLANKS_CLIENT_ID: 'app',
      FLANKS_CLIENT_SECRET: 'secret',
      FLANKS_FLOW: 'session',
      FLANKS_LINK_TOKEN: 'lnk_1',
      FLANKS_API_URL: 'http://127.0.0.1:9000/',
    });
    expect(flanks).toEqual({
      apiUrl: 'http://127.0.0.1:9000',
      platformUrl: 'https://platform.flanks.io',
      client: { id: 'app', secret: 'secret' },
      linkToken: 'lnk_1',
      flow: 'session',
    });
    expect([flinks.customerId, server.mode]).toEqual([null, 'live']);
    const customerId = '43387ca6-0391-4c82-857d-70d95f087ecb';
    expect(loadConfig({ ...keys, FLINKS_CUSTOMER_ID: customerId }).flinks).toMatchObject({ customerId, apiKey: null });
  });

  it('reads the limits of each provider, and has none by itself', () => {
    const none = { requestsPerSecond: null, concurrency: null };
    expect(loadConfig({}).pacing.limitsOf('tink')).toEqual(none);
    const { pacing } = loadConfig({ TINK_REQUESTS_PER_SECOND: '20', TINK_CONCURRENCY: '8', FLINKS_CONCURRENCY: '2' });
    expect(pacing.limitsOf('tink')).toEqual({ requestsPerSecond: 20, concurrency: 8 });
    expect(pacing.limitsOf('flinks')).toEqual({ requestsPerSecond: null, concurrency: 2 });
    expect([pacing.limitsOf('flanks'), pacing.limitsOf('constructor')]).toEqual([none, none]);
    for (const wrong of ['0', '1.5', 'many', '10001']) {
      expect(() => loadConfig({ FLANKS_REQUESTS_PER_SECOND: wrong })).toThrow('FLANKS_REQUESTS_PER_SECOND');
    }
  });

  it('refuses half a provider', () => {
    const keys = { MOORING_ENCRYPTION_KEYS: KEYS };
    expect(problemsOf({ ...keys, FLANKS_CLIENT_ID: 'app' })).toEqual(['FLANKS_CLIENT_SECRET']);
    expect(problemsOf({ ...keys, FLINKS_SECRET_KEY: 's' })).toEqual(['FLINKS_CUSTOMER_ID']);
    expect(problemsOf({ ...keys, FLINKS_WEBHOOK_SECRET: 's' })).toEqual(['FLINKS_CUSTOMER_ID']);
    const hooks = { ...keys, FLINKS_CUSTOMER_ID: '43387ca6-0391-4c82-857d-70d95f087ecb', FLINKS_WEBHOOK_SECRET: ' w ' };
    expect(loadConfig(hooks).flinks.webhookSecret).toBe('w');
    expect(problemsOf({ ...keys, FLINKS_CUSTOMER_ID: 'no-uuid' })).toEqual(['FLINKS_CUSTOMER_ID']);
  });

  it('is live as soon as a provider is configured, unless told otherwise', () => {
    const provider = { TINK_CLIENT_ID: 'id', TINK_CLIENT_SECRET: 's', MOORING_ENCRYPTION_KEYS: KEYS };

    expect(loadConfig(provider).server.mode).toBe('live');
    expect(loadConfig({ ...provider, MOORING_MODE: 'sandbox' }).server.mode).toBe('sandbox');
  });

  it('reports every problem of one environment together', () => {
    expect(
      problemsOf({
        PORT: 'abc',
        MOORING_ROLE: 'boss',
        DATABASE_URL: 'mysql://x',
        REDIS_URL: 'cache:6379',
        MOORING_ENCRYPTION_KEYS: 'no-key',
        MOORING_CACHE_TTL_MS: '-1',
        MOORING_PUBLIC_URL: 'mooring.example',
        MOORING_BOOTSTRAP_KEY: 'short',
        TINK_MARKET: 'Sweden',
      }).sort(),
    ).toEqual([
      'DATABASE_URL',
      'MOORING_BOOTSTRAP_KEY',
      'MOORING_CACHE_TTL_MS',
      'MOORING_ENCRYPTION_KEYS',
      'MOORING_PUBLIC_URL',
      'MOORING_ROLE',
      'PORT',
      'REDIS_URL',
      'TINK_MARKET',
    ]);
  });

  it('says the rule that helps most', () => {
    expect(() => loadConfig({ PORT: 'abc' })).toThrow('PORT must be a whole number');
    expect(() => loadConfig({ PORT: '70000' })).toThrow('PORT must be 65535 or less');
  });

  it.each([
    ['a key that is too short', `a:${Buffer.alloc(16).toString('base64')}`],
    ['the same id twice', `a:${KEY},a:${KEY}`],
    ['no id', KEY],
    ['an id with a dot, which separates the parts of a sealed value', `a.b:${KEY}`],
  ])('refuses encryption keys with %s', (_what, keys) => {
    expect(problemsOf({ MOORING_ENCRYPTION_KEYS: keys })).toEqual(['MOORING_ENCRYPTION_KEYS']);
  });

  it.each([
    [{ TINK_CLIENT_ID: 'id' }, 'TINK_CLIENT_SECRET'],
    [{ TINK_CLIENT_SECRET: 'secret' }, 'TINK_CLIENT_ID'],
  ])('refuses a provider that is configured by half: %j', (env, missing) => {
    expect(problemsOf({ ...env, MOORING_ENCRYPTION_KEYS: KEYS })).toEqual([missing]);
  });

  it('refuses live mode without encryption keys', () => {
    expect(problemsOf({ MOORING_MODE: 'live' })).toEqual(['MOORING_ENCRYPTION_KEYS']);
  });

  it('allows plain http to a provider on this machine only', () => {
    expect(problemsOf({ TINK_API_URL: 'http://tink.example' })).toEqual(['TINK_API_URL']);
    expect(problemsOf({ TINK_API_URL: 'http://localhost:1234' })).toEqual([]);
  });

  it('warns of live mode without a provider', () => {
    const config = loadConfig({
      MOORING_MODE: 'live',
      MOORING_ENCRYPTION_KEYS: KEYS,
      DATABASE_URL: 'postgres://db/mooring',
    });

    expect(config.warnings).toEqual([expect.stringContaining('without a provider')]);
  });

  describe('an address for users to come back to', () => {
    const live = {
      TINK_CLIENT_ID: 'i',
      TINK_CLIENT_SECRET: 's',
      MOORING_ENCRYPTION_KEYS: KEYS,
      DATABASE_URL: 'postgres://db/m',
    };
    const warningsOf = (env: NodeJS.ProcessEnv) => loadConfig({ ...live, ...env }).warnings;

    it.each(['https://a.example/?x=1', 'https://a.example/#x', 'https://u:p@a.example', 'https://a.example?'])(
      'cannot be %s',
      (url) => {
        expect(problemsOf({ MOORING_PUBLIC_URL: url })).toEqual(['MOORING_PUBLIC_URL']);
      },
    );

    it('may have a path', () => {
      expect(loadConfig({ MOORING_PUBLIC_URL: 'https://a.example/mooring/' }).server.publicUrl).toBe(
        'https://a.example/mooring',
      );
    });

    it('is missed in live mode, and should be https', () => {
      expect(warningsOf({})).toEqual([expect.stringContaining('without MOORING_PUBLIC_URL')]);
      expect(warningsOf({ MOORING_PUBLIC_URL: 'http://a.example' })).toEqual([expect.stringContaining('plain http')]);
      expect(warningsOf({ MOORING_PUBLIC_URL: 'http://localhost:3000' })).toEqual([]);
      expect(warningsOf({ MOORING_PUBLIC_URL: 'https://a.example' })).toEqual([]);
    });
  });

  it('warns of webhooks to private addresses in live mode', () => {
    const live = { MOORING_MODE: 'live', MOORING_ENCRYPTION_KEYS: KEYS };
    const warned = (allow: string) =>
      loadConfig({ ...live, MOORING_WEBHOOK_ALLOW_PRIVATE: allow }).warnings.some((one) =>
        one.includes('ALLOW_PRIVATE'),
      );
    expect(warned('true')).toBe(true);
    expect(warned('false')).toBe(false);
  });

  it('warns of a sandbox that other machines can reach', () => {
    for (const HOST of ['0.0.0.0', '::', '192.0.2.1']) {
      expect(loadConfig({ HOST }).warnings).toEqual([expect.stringContaining('other machines')]);
    }
    for (const HOST of ['127.0.0.1', '::1', 'localhost']) expect(loadConfig({ HOST }).warnings).toEqual([]);
  });

  it('never repeats a value', () => {
    const env = {
      PORT: 'v-port',
      HOST: 'v host',
      DATABASE_URL: 'v-database',
      MOORING_ENCRYPTION_KEYS: 'v-keys',
      MOORING_BOOTSTRAP_KEY: 'v-bootstrap',
      TINK_CLIENT_SECRET: 'v-secret',
      TINK_WEBHOOK_SECRET: 'v-hook',
      TINK_API_URL: 'v-api',
    };

    expect(() => loadConfig(env)).toThrow(ConfigError);
    try {
      loadConfig(env);
    } catch (error) {
      const text = String(error);
      for (const value of Object.values(env)) expect(text).not.toContain(value);
      for (const name of Object.keys(env).filter((key) => key !== 'TINK_CLIENT_SECRET')) expect(text).toContain(name);
    }
  });
});
