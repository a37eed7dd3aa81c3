/** What is tested. Older ones start too, and then lose the digits of amounts or lack what loads of data need. */
const OLDEST_MAJOR = 24;

/** Mooring was started with a Node.js that it does not run on. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
}

/** @param version as `process.versions.node` says it. @throws RuntimeError */
export function checkRuntime(version: string): void {
  if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return;
  throw new RuntimeError(
    `Mooring runs on Node.js ${String(OLDEST_MAJOR)} or newer, and this is ${version}. ` +
      'It brings its own: start it with "npm start" or with node_modules/.bin/node.',
  );
}
