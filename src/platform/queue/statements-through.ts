import type { Db } from 'pg-boss';
import type { EntityManager, QueryResult } from 'typeorm';

/**
 * Lets pg-boss run its statements on TypeORM's connections: in the transaction of `manager`, or each by itself.
 * The structured result always has the rows, also those of INSERT, UPDATE and DELETE … RETURNING.
 */
export function statementsThrough(manager: EntityManager): Db {
  return {
    async executeSql(text, values) {
      const own = manager.queryRunner ? null : manager.dataSource.createQueryRunner();
      try {
        const runner = own ?? manager.queryRunner;
        const result: QueryResult | undefined = await runner?.query(text, values, true);
        return { rows: result?.records ?? [] };
      } finally {
        await own?.release();
      }
    },
  };
}
