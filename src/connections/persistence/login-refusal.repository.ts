import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** What banks refused: logins and what was typed, as keyed hashes. */
@Injectable()
export class LoginRefusalRepository {
  constructor(private readonly database: DataSource) {}

  /** Notes that this login is tried with this input. @returns how often the bank has refused exactly that. */
  async tried(login: string, input: string, now: Date): Promise<number> {
    const rows = await this.database.query<{ refused: number }[]>(
      `INSERT INTO login_refusals (login_lookup, input_lookup, tried_at) VALUES ($1, $2, $3)
        ON CONFLICT (login_lookup, input_lookup) DO UPDATE SET tried_at = excluded.tried_at
        RETURNING refused`,
      [login, input, now],
    );
    return rows[0]?.refused ?? 0;
  }

  /** The bank refused what was tried last. */
  async refused(manager: EntityManager, login: string): Promise<void> {
    await manager.query(
      `UPDATE login_refusals SET refused = refused + 1
        WHERE (login_lookup, input_lookup) = (
          SELECT login_lookup, input_lookup FROM login_refusals
           WHERE login_lookup = $1 ORDER BY tried_at DESC LIMIT 1)`,
      [login],
    );
  }

  /**
   * The login works. Not when what was tried last had been refused: then what the provider keeps works, and the other
   * input is as wrong as it was.
   */
  async forget(manager: EntityManager, login: string): Promise<void> {
    await manager.query(
      `DELETE FROM login_refusals WHERE login_lookup = $1 AND 0 = (
         SELECT refused FROM login_refusals WHERE login_lookup = $1 ORDER BY tried_at DESC LIMIT 1)`,
      [login],
    );
  }

  /** @returns how many were removed, at most `limit`. */
  async prune(before: Date, limit: number): Promise<number> {
    const [, count] = await this.database.query<[unknown[], number]>(
      `DELETE FROM login_refusals WHERE (login_lookup, input_lookup) IN (
         SELECT login_lookup, input_lookup FROM login_refusals WHERE tried_at < $1 LIMIT $2)`,
      [before, limit],
    );
    return count;
  }
}
