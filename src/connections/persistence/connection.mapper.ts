import { Injectable } from '@nestjs/common';

import type { Challenge } from '../../credentials/challenge.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { LookupHash } from '../../platform/crypto/lookup-hash.js';
import type { SealAddress, Sealed } from '../../platform/crypto/sealed.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import type { Connection } from '../domain/connection.js';
import { decodeChallenge, encodeChallenge } from './challenge-codec.js';
import type { ConnectionEntity } from './connection.entity.js';
import { SealedSecret } from '../../platform/crypto/sealed-secret.js';

/** Members of the row that only statements of the repository write. */
type WorkColumns = 'observedAt' | 'leaseUntil' | 'leaseOwner';
export type ConnectionRow = Omit<ConnectionEntity, WorkColumns>;

/** Between the row and the record. The only place where credentials and challenges are sealed and opened. */
@Injectable()
export class ConnectionMapper {
  constructor(
    private readonly sealer: Sealer,
    private readonly lookup: LookupHash,
  ) {}

  toConnection(row: ConnectionEntity): Connection {
    const { credentialSealed, credentialLookup: _lookup, challengeSealed, challengeExpiresAt: _expires, ...rest } = row;
    const { observedAt: _observed, leaseUntil: _until, leaseOwner: _owner, sessionSealed, ...plain } = rest;
    return {
      ...plain,
      credentialId: this.closed(credentialSealed, address(row.id, 'credential_sealed')),
      sessionRef: this.closed(sessionSealed, address(row.id, 'session_sealed')),
      challenge: challengeSealed && this.openChallenge(row.id, challengeSealed),
    };
  }

  toRow(connection: Connection): ConnectionRow {
    const { id, provider, credentialId, sessionRef } = connection;
    return {
      ...this.plainColumns(connection),
      ...this.credentialColumns(id, provider, credentialId),
      sessionSealed: sessionRef && this.sealer.seal(sessionRef, address(id, 'session_sealed')),
    };
  }

  /** The columns that an observation can change. A secret that is still as the row gave it keeps its ciphertext. */
  toChanges(connection: Connection): Partial<ConnectionRow> {
    const { id, provider, credentialId, sessionRef } = connection;
    const { id: _id, fence: _fence, ...plain } = this.plainColumns(connection);
    return {
      ...plain,
      ...(credentialId instanceof SealedSecret ? {} : this.credentialColumns(id, provider, credentialId)),
      ...(sessionRef instanceof SealedSecret
        ? {}
        : { sessionSealed: sessionRef && this.sealer.seal(sessionRef, address(id, 'session_sealed')) }),
    };
  }

  credentialLookup(provider: string, credentialId: SecretValue): string {
    return this.lookup.of('credential', provider, credentialId.reveal('to hash it for the look-up'));
  }

  private plainColumns(connection: Connection) {
    const { credentialId: _credential, sessionRef: _session, challenge, degradedGroups, ...plain } = connection;
    return {
      ...plain,
      degradedGroups: [...degradedGroups],
      ...this.challengeColumns(connection.id, challenge),
    };
  }

  private credentialColumns(
    id: string,
    provider: string,
    credentialId: SecretValue | null,
  ): Pick<ConnectionRow, 'credentialSealed' | 'credentialLookup'> {
    if (!credentialId) return { credentialSealed: null, credentialLookup: null };
    return {
      credentialSealed: this.sealer.seal(credentialId, address(id, 'credential_sealed')),
      credentialLookup: this.credentialLookup(provider, credentialId),
    };
  }

  private closed(sealed: Sealed | null, where: SealAddress): SealedSecret | null {
    return sealed && new SealedSecret(this.sealer, sealed, where);
  }

  private challengeColumns(
    id: string,
    challenge: Challenge | null,
  ): Pick<ConnectionRow, 'challengeSealed' | 'challengeExpiresAt'> {
    if (!challenge) return { challengeSealed: null, challengeExpiresAt: null };
    const sealed = this.sealer.seal(encodeChallenge(challenge), address(id, 'challenge_sealed'));
    return { challengeSealed: sealed, challengeExpiresAt: challenge.expiresAt };
  }

  private openChallenge(id: string, sealed: NonNullable<ConnectionEntity['challengeSealed']>): Challenge {
    const where = address(id, 'challenge_sealed');
    return decodeChallenge(this.sealer.open(sealed, where, 'to show the open question'));
  }
}

function address(row: string, field: string): SealAddress {
  return { table: 'connections', row, field };
}
