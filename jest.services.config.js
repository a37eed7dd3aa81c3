import base from './jest.config.js';

/** The suites that talk to a database and a cache, on the servers of DATABASE_URL and REDIS_URL. */
export default {
  ...base,
  globalSetup: '<rootDir>/test/require-services.mjs',
  projects: base.projects
    .filter(({ displayName }) => ['integration', 'e2e'].includes(displayName))
    .map((project) => ({ ...project, testMatch: [`<rootDir>/test/${project.displayName}/**/*.spec.ts`] })),
};
