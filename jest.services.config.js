import base from './jest.config.js';

/** The suites that talk to a database and a cache, on the servers of DATABASE_URL and REDIS_URL. */
if (!process.env.DATABASE_URL || !process.env.REDIS_URL) {
  throw new Error('Set DATABASE_URL and REDIS_URL: these suites run on real servers and skip nothing.');
}

export default {
  ...base,
  projects: base.projects.filter(({ displayName }) => ['integration', 'e2e'].includes(displayName)),
};
