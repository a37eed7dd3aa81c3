import { Injectable, type OnModuleInit } from '@nestjs/common';

import { DeletionTallies } from '../connections/deletion-tallies.js';

const TABLES = ['accounts', 'transactions', 'holdings', 'statements'] as const;
const COUNTS = TABLES.map((table) => `(SELECT count(*)::int FROM ${table} WHERE connection_id = $1) AS ${table}`);

/** Says for the receipt how much data goes with a connection. */
@Injectable()
export class TallyAccountData implements OnModuleInit {
  constructor(private readonly tallies: DeletionTallies) {}

  onModuleInit(): void {
    this.tallies.add(async (manager, connectionId) => {
      const [counts] = await manager.query<Record<string, number>[]>(`SELECT ${COUNTS.join(', ')}`, [connectionId]);
      return counts ?? {};
    });
  }
}
