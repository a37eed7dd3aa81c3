import Fastify from 'fastify';
import pg from 'pg';

/** What Mooring is measured against: the same bytes, and the same single query, with nothing around them. */
const bytes = process.env['BARE_BYTES'] ?? '{}';
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const app = Fastify();

app.get('/ready', async () => ({ status: 'ok' }));

app.get('/bytes', (_request, reply) => {
  void reply.header('content-type', 'application/json; charset=utf-8').send(bytes);
});

app.get<{ Params: { id: string } }>('/connections/:id', async (request) => {
  const { rows } = await pool.query('SELECT * FROM connections WHERE id = $1 AND deleted_at IS NULL', [
    request.params.id,
  ]);
  return rows[0] as unknown;
});

await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
process.once('SIGTERM', () => {
  void app.close().then(() => process.exit(0));
});
