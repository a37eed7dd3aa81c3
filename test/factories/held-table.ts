import pg from 'pg';

/** A table that nobody else can write to. A process that wants to write down what it did waits, and can be killed there. */
export class HeldTable {
  private constructor(private readonly client: pg.Client) {}

  static async hold(databaseUrl: string, table: string): Promise<HeldTable> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query('BEGIN');
    // Names of tables cannot be parameters.
    await client.query(`LOCK TABLE ${client.escapeIdentifier(table)} IN SHARE ROW EXCLUSIVE MODE`);
    return new HeldTable(client);
  }

  /**
   * After the death of who waited. PostgreSQL does not notice that a waiting client is gone, and would still carry out
   * the statement that it had sent: that statement ends here.
   */
  async releaseAfterDeath(): Promise<void> {
    await this.client.query(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`,
    );
    await this.client.query('ROLLBACK');
    await this.client.end();
  }
}
