import pg from 'pg';

import type { Load } from './load.js';
import type { Simulators } from './simulators.js';

/** What must be true once the trouble is over and the claims of the dead have run out. */
export async function findings(databaseUrl: string, simulators: Simulators, load: Load, urls: readonly string[]) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const rows = async <Row extends object>(sql: string): Promise<Row[]> => (await client.query<Row>(sql)).rows;
  const found: string[] = [];
  const none = async (what: string, sql: string): Promise<void> => {
    for (const row of await rows(sql)) found.push(`${what}: ${JSON.stringify(row)}`);
  };
  try {
    await none('creation left behind', `SELECT id, provider, recover_at FROM connection_creations`);
    await none(
      'live connection of a deleted user',
      `SELECT c.id, c.provider, c.state FROM connections c JOIN users u ON u.id = c.user_id
        WHERE c.deleted_at IS NULL AND u.deleted_at IS NOT NULL`,
    );
    await none(
      'deletion not finished',
      `SELECT id, state, state_since FROM connections WHERE state = 'deleting' AND state_since < now() - interval '60 s'`,
    );
    await none(
      'user deletion not finished',
      `SELECT id FROM users WHERE deletion_due_at IS NOT NULL AND id NOT IN
        (SELECT user_id FROM link_sessions WHERE status IN ('open', 'completing'))`,
    );
    await none(
      'nobody looks',
      `SELECT id, state, next_watch_at FROM connections WHERE deleted_at IS NULL AND state <> 'failed'
        AND (next_watch_at IS NULL OR next_watch_at < now() - interval '15 s')`,
    );
    await none(
      'history does not join',
      `SELECT * FROM (SELECT connection_id, seq, from_state,
          lag(to_state) OVER w AS before, lag(seq) OVER w AS seq_before
        FROM connection_events WINDOW w AS (PARTITION BY connection_id ORDER BY seq)) e
        WHERE from_state IS DISTINCT FROM before OR seq <> coalesce(seq_before, 0) + 1 LIMIT 20`,
    );
    await none(
      'history does not end in the state',
      `SELECT c.id, c.state, e.to_state FROM connections c JOIN LATERAL
        (SELECT to_state FROM connection_events WHERE connection_id = c.id ORDER BY seq DESC LIMIT 1) e ON true
        WHERE e.to_state <> c.state`,
    );
    await none(
      'claim held',
      `SELECT id, lease_until FROM connections WHERE lease_until < now() - interval '60 s'
        AND deleted_at IS NULL AND next_watch_at > now() + interval '7 h'`,
    );
    const live = await rows<{ id: string; provider: string; state: string }>(
      `SELECT id, provider, state FROM connections WHERE deleted_at IS NULL`,
    );
    const users = await rows<{ id: string }>(`SELECT id FROM users WHERE deleted_at IS NOT NULL`);
    const gone = new Set(users.map(({ id }) => id));
    for (const user of simulators.tinkUsers()) if (gone.has(user)) found.push(`deleted user is left at Tink: ${user}`);
    for (const [provider, upstream] of Object.entries(simulators.credentials())) {
      // Flinks stores nothing before the first login has succeeded.
      const unsure = provider === 'flinks' ? ['awaiting_user', 'blocked', 'failed'] : ['failed'];
      const here = live.filter((each) => each.provider === provider && !unsure.includes(each.state)).length;
      if (upstream !== here) found.push(`${provider}: ${upstream} credentials there, ${here} live connections here`);
    }
    for (const { id, state } of live) {
      for (const url of urls) {
        const seen = await load.call('GET', `/v1/connections/${id}`, undefined, url);
        const [row] = await rows<{ state: string }>(`SELECT state FROM connections WHERE id = '${id}'`);
        const shown = (seen.body['state'] as { value: string } | undefined)?.value;
        if (shown !== row?.state && shown !== state)
          found.push(`${url} shows ${String(shown)} of ${id}, not ${row?.state ?? 'none'}`);
      }
    }
    const states = await rows(
      `SELECT provider, state, cause, count(*)::int FROM connections GROUP BY 1, 2, 3 ORDER BY 1, 2`,
    );
    const visits = await rows(
      `SELECT provider, status, cause, problem, count(*)::int, min(created_at), max(recover_at)
        FROM link_sessions GROUP BY 1, 2, 3, 4`,
    );
    return { found, states, visits };
  } finally {
    await client.end();
  }
}
