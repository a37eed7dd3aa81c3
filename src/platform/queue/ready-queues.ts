import type { Boss } from './boss.js';
import { QUEUE_SCHEMA } from './boss-options.js';

/** One probe of pg-boss's index for fetching in each queue. Its own clock, as its `fetch` has it. */
const READY = `
  SELECT queue FROM unnest($1::text[]) AS queue
   WHERE EXISTS (SELECT 1 FROM ${QUEUE_SCHEMA}.job
                  WHERE name = queue AND state < 'active' AND NOT blocked AND start_after <= ${QUEUE_SCHEMA}.job_now())`;

/** @returns those of `queues` that have a job which could run now */
export async function readyQueues(boss: Boss, queues: readonly string[]): Promise<readonly string[]> {
  const { rows } = await (await boss.ready()).getDb().executeSql(READY, [[...queues]]);
  return (rows as { readonly queue: string }[]).map(({ queue }) => queue);
}
