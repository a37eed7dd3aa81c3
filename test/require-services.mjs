/** The suites on real servers skip nothing, so they do not run without them. */
export default function requireServices() {
  if (!process.env.DATABASE_URL || !process.env.REDIS_URL) throw new Error('Set DATABASE_URL and REDIS_URL.');
}
