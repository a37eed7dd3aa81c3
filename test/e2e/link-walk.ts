import type { Type } from '@nestjs/common';

import { LoadAccountData } from '../../src/account-data/load-account-data.js';
import { credentialRefOf } from '../../src/connections/credential-ref.js';
import { RetireFormerCredentials } from '../../src/connections/credential-retirement.js';
import { ObserveConnection } from '../../src/connections/observe-connection.js';
import { ConnectionRepository } from '../../src/connections/persistence/connection.repository.js';
import type { CredentialsService } from '../../src/credentials/credentials.service.js';
import { FlinksCards } from '../../src/providers/flinks/flinks-cards.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import { ROADS, type Road } from '../factories/roads.factory.js';
import { onwards, ThreeProviders, type VisitRequest } from '../factories/three-providers.factory.js';

const CALL = () => ({ signal: new AbortController().signal });

const NIGHTLY = { trigger: 'sync', actor: 'tests', requestId: null } as const;

/** The row of a connection, as far as these tests look at it. */
export interface Row {
  readonly provider: string;
  readonly institution_id: string;
  readonly institution_name: string;
  readonly credential_lookup: string;
  readonly fingerprint: string | null;
  readonly state: string;
  readonly data_as_of: string | null;
}

export function road(name: string): Road {
  const found = ROADS.find((each) => each.name === name);
  if (!found) throw new Error(`No road ${name}.`);
  return found;
}

/** A user who walks the pages of providers, and what is left of it. */
export class Walker {
  constructor(readonly world: ThreeProviders) {}

  /** A visit from its beginning to its end. @returns what the caller's page is told. */
  async visit(name: string, login: string, request: Omit<VisitRequest, 'provider'>): Promise<Record<string, string>> {
    const { provider, institutionId } = road(name);
    const bank = request.purpose === undefined || request.purpose === 'connect' ? { institutionId } : {};
    const begun = await this.world.begin({ provider, ...bank, ...request });
    // Credentials must be younger than their visit.
    this.world.mooring.advance(1000);
    const query = onwards(await this.world.comeBack(await road(name).walk(this.world, begun.url, login)));
    for (let minute = 0; query['status'] === 'completing' && minute < 5; minute += 1) {
      await this.world.minutes(1);
      Object.assign(query, await this.endOf(begun.id));
    }
    return query;
  }

  /** @returns the id of a connection that works. */
  async connected(name: string, login: string, userId: string): Promise<string> {
    const { connectionId = '', ...rest } = await this.visit(name, login, { userId });
    if (connectionId === '') throw new Error(`Not connected: ${JSON.stringify(rest)}`);
    await this.world.mooring.until(connectionId, 'active');
    return connectionId;
  }

  async row(id: string): Promise<Row> {
    return (await this.world.row(id)) as Row;
  }

  async connectionsOf(userId: string): Promise<readonly { readonly id: string }[]> {
    const { body } = await this.world.mooring.get(`/v1/connections?userId=${userId}`);
    return member(body, 'data') as { id: string }[];
  }

  async notes(id: string): Promise<string[]> {
    const rows = await this.world.mooring.sql<{ note: string }>(
      `SELECT evidence ->> 'note' AS note FROM connection_events WHERE connection_id = $1 AND evidence ? 'note'
        ORDER BY seq`,
      [id],
    );
    return rows.map(({ note }) => note);
  }

  /** `provider reason`, with `waits` while the connection has not worked without it. */
  async formers(userId: string): Promise<string[]> {
    const rows = await this.world.mooring.sql<{ what: string }>(
      `SELECT provider || ' ' || reason || CASE WHEN due_at IS NULL THEN ' waits' ELSE '' END AS what
        FROM former_credentials WHERE user_id = $1 ORDER BY created_at, id`,
      [userId],
    );
    return rows.map(({ what }) => what);
  }

  async retire(): Promise<number> {
    return this.world.mooring.inside(RetireFormerCredentials).run();
  }

  /** Direct creation at Flinks. */
  async create(userId: string, username: string, password = 'Everyday') {
    return this.world.mooring.post('/v1/connections', {
      ...{ userId, provider: 'flinks', institutionId: 'FlinksCapital' },
      fields: { username, password },
    });
  }

  /** A card that is gone behind our back. @returns its LoginId. */
  async deleteCard(id: string, username: string): Promise<string> {
    const { loginId } = this.world.card(username);
    await this.world.mooring.inside(FlinksCards).delete(loginId, CALL());
    await this.noticed(id);
    return loginId;
  }

  /** The provider's credential of a connection is gone behind our back. */
  async deleteAt(service: Type<CredentialsService>, id: string): Promise<void> {
    const found = await this.world.mooring.inside(ConnectionRepository).find(id);
    if (!found) throw new Error('No such connection.');
    await this.world.mooring.inside(service).delete(credentialRefOf(found), CALL());
    await this.noticed(id);
  }

  /** @returns our ids and names of a connection's accounts. */
  async accounts(id: string): Promise<{ readonly id: string; readonly name: string }[]> {
    await this.world.mooring.inside(LoadAccountData).run(id, { force: true });
    return this.listed(id);
  }

  /** The same, as they were read last. */
  async listed(id: string): Promise<{ readonly id: string; readonly name: string }[]> {
    const { body } = await this.world.mooring.get(`/v1/connections/${id}/accounts?limit=100`);
    return (member(body, 'data') as { id: string; name: string }[]).map(({ id: its, name }) => ({ id: its, name }));
  }

  private async noticed(id: string): Promise<void> {
    this.world.mooring.advance(60_000);
    const found = await this.world.mooring.inside(ConnectionRepository).find(id);
    if (found) await this.world.mooring.inside(ObserveConnection).run(found, NIGHTLY);
    await this.world.mooring.until(id, 'failed');
  }

  private async endOf(visitId: string): Promise<Record<string, string>> {
    const session = await this.world.visit(visitId);
    const status = textAt(session, 'status');
    const ends = ['connectionId', 'cause', 'problem'].flatMap((name) => {
      const value = member(session, name);
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    return { status, ...Object.fromEntries(ends) };
  }
}
