import { Injectable } from '@nestjs/common';

import type { CredentialSnapshot } from '../credentials/credentials.service.js';
import type { Provider } from '../credentials/provider.js';
import type { ProviderId } from '../credentials/provider-id.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { Failure } from '../platform/errors/failure.js';
import { ProviderAccess, providerUserRef } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import { isSameCredential } from './credential-successor.js';
import { SucceedCredential } from './credential-succession.js';
import { CredentialTrail } from './credential-trail.js';
import type { Connection } from './domain/connection.js';
import { LoginCheck } from './login-check.js';
import type { Origin } from './origin.js';
import { ConnectionRepository } from './persistence/connection.repository.js';

/** Whose visit it was. */
export interface Visitor {
  readonly userId: string;
  readonly externalUserId: string;
  readonly provider: ProviderId;
  readonly reference: string | null;
}

/**
 * What a hosted visit brought for a connection that exists: its own credential, mended, or another one in its place.
 * What is refused and belongs to nobody is deleted at the provider again.
 */
@Injectable()
export class RepairConnection {
  constructor(
    private readonly providers: ProviderAccess,
    private readonly connections: ConnectionRepository,
    private readonly lifecycle: ConnectionLifecycle,
    private readonly succession: SucceedCredential,
    private readonly logins: LoginCheck,
    private readonly trail: CredentialTrail,
  ) {}

  /**
   * A visit to renew or to give a new login: only what is surely the same bank login.
   * @throws Failure `link.different_login`, `link.other_provider`, `connection.not_found`: then nothing was written
   */
  async renewed(id: string, visitor: Visitor, snapshot: CredentialSnapshot, origin: Origin): Promise<Connection> {
    return this.orDiscard(visitor, snapshot, async () => {
      const connection = await this.found(id);
      // It moved while the user was away.
      if (connection.provider !== visitor.provider) throw new Failure('link.other_provider');
      return this.take(connection, visitor, snapshot, origin, this.likeness(connection, snapshot) === 'same');
    });
  }

  /**
   * A visit to connect this connection anew, here or at another provider. Another provider cannot tell whether it is
   * the same login; whoever asked for the move says so.
   * @throws Failure `link.different_login`, `connection.duplicate`, `connection.not_found`: then nothing was written
   */
  async reconnected(id: string, visitor: Visitor, snapshot: CredentialSnapshot, origin: Origin): Promise<Connection> {
    return this.orDiscard(visitor, snapshot, async () => {
      const connection = await this.found(id);
      const moves = connection.provider !== visitor.provider;
      const fits = moves || this.likeness(connection, snapshot) !== 'different';
      return this.take(connection, visitor, snapshot, origin, fits);
    });
  }

  /** The provider says that it has the login of such a visit already. @throws Failure `connection.duplicate` */
  async alreadyThere(
    id: string,
    visitor: Visitor,
    credentialId: SecretValue | undefined,
    origin: Origin,
  ): Promise<Connection> {
    const connection = await this.found(id);
    const isOwn =
      connection.provider === visitor.provider && isSameCredential(connection.credentialId, credentialId ?? null);
    const there = credentialId && (await (isOwn ? this.read(visitor, credentialId) : this.lost(visitor, credentialId)));
    const after = there && (await this.reconnected(id, visitor, there, origin));
    // The provider took nothing new: what was wrong with its credential is still wrong.
    if (!after || (isOwn && needsCredential(after))) throw await this.duplicate(visitor, credentialId);
    return after;
  }

  /** A visit for a new connection brought a login that is connected. A connection that works is left alone. */
  async again(known: Connection, visitor: Visitor, snapshot: CredentialSnapshot, origin: Origin): Promise<Connection> {
    return this.orDiscard(visitor, snapshot, async () => {
      if (known.userId !== visitor.userId) throw await this.duplicate(visitor, undefined);
      if (known.state === 'deleting') throw new Failure('connection.deleting');
      const isOwn = isSameCredential(known.credentialId, snapshot.credentialId);
      if (!isOwn && !needsCredential(known)) {
        throw await this.duplicate(visitor, known.credentialId ?? undefined);
      }
      return this.take(known, visitor, snapshot, origin, true);
    });
  }

  /** Of this user, at the provider, and in no connection. Only the provider's own list tells whose it is. */
  async lost(visitor: Visitor, credentialId: SecretValue): Promise<CredentialSnapshot | null> {
    const provider = this.providers.provider(visitor.provider);
    if (!provider.credentials.capabilities.list) return null;
    if (await this.connections.findByCredential(provider.id, credentialId)) return null;
    const listed = await provider.credentials.list(providerUserRef(visitor.userId), this.providers.call());
    return valueOf(listed).find((each) => isSameCredential(each.credentialId, credentialId)) ?? null;
  }

  /** The failure for a login that is connected already. Another user's connection is not named. */
  async duplicate({ provider, userId }: Visitor, credentialId: SecretValue | undefined): Promise<Failure> {
    const known = credentialId && (await this.connections.findByCredential(provider, credentialId));
    const members = known?.userId === userId ? { members: { connectionId: known.id } } : {};
    return new Failure('connection.duplicate', { detail: 'This login is connected already.', ...members });
  }

  private async take(
    connection: Connection,
    visitor: Visitor,
    snapshot: CredentialSnapshot,
    origin: Origin,
    fits: boolean,
  ): Promise<Connection> {
    const provider = this.providers.provider(visitor.provider);
    if (isOf(connection, provider, snapshot)) {
      return (await this.lifecycle.apply(connection.id, snapshot.observation, origin)).connection;
    }
    if (!fits) {
      throw new Failure('link.different_login', {
        detail: 'The user came back with another bank login. The connection is as it was.',
      });
    }
    const fingerprint = this.fingerprint(provider, snapshot) ?? this.kept(connection, provider);
    try {
      return await this.succession.run(connection, { provider, snapshot, fingerprint }, origin);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'connection.conflict') throw error;
      // Another visit with the same login was faster by a moment.
      const now = await this.found(connection.id);
      if (!isOf(now, provider, snapshot)) throw error;
      return (await this.lifecycle.apply(now.id, snapshot.observation, origin)).connection;
    }
  }

  /** `unknown` when the provider does not tell whose login it is (redirect banks). */
  private likeness(connection: Connection, snapshot: CredentialSnapshot): 'same' | 'different' | 'unknown' {
    if (connection.institutionId !== snapshot.institutionId) return 'different';
    const fingerprint = this.fingerprint(this.providers.provider(connection.provider), snapshot);
    if (fingerprint === null || connection.fingerprint === null) return 'unknown';
    return fingerprint === connection.fingerprint ? 'same' : 'different';
  }

  private fingerprint(provider: Provider, { institutionId, loginIdentity }: CredentialSnapshot): string | null {
    return this.logins.fingerprint(provider, institutionId, loginIdentity);
  }

  private kept(connection: Connection, provider: Provider): string | null {
    return connection.provider === provider.id ? connection.fingerprint : null;
  }

  private async read({ userId, provider }: Visitor, credentialId: SecretValue): Promise<CredentialSnapshot> {
    const { credentials } = this.providers.provider(provider);
    return valueOf(await credentials.get({ user: providerUserRef(userId), credentialId }, this.providers.call()));
  }

  private async found(id: string): Promise<Connection> {
    const connection = await this.connections.find(id);
    if (!connection) throw new Failure('connection.not_found');
    if (connection.state === 'deleting') throw new Failure('connection.deleting');
    return connection;
  }

  private async orDiscard(
    visitor: Visitor,
    { credentialId }: CredentialSnapshot,
    take: () => Promise<Connection>,
  ): Promise<Connection> {
    try {
      return await take();
    } catch (error) {
      if (error instanceof Failure && FINAL.has(error.code)) {
        await this.trail.discard(visitor.userId, visitor.provider, credentialId);
      }
      throw error;
    }
  }
}

function isOf(connection: Connection, { id }: Provider, { credentialId }: CredentialSnapshot): boolean {
  return connection.provider === id && isSameCredential(connection.credentialId, credentialId);
}

/** Refusals after which nobody will ever take what the visit brought. */
const FINAL: ReadonlySet<string> = new Set([
  'link.different_login',
  'link.other_provider',
  'connection.duplicate',
  'connection.not_found',
  'connection.deleting',
  'user.not_found',
]);

/** Does the connection wait for something that a new credential gives? */
export function needsCredential({ state }: Pick<Connection, 'state'>): boolean {
  return state === 'failed' || state === 'blocked' || state === 'reauth_required';
}
