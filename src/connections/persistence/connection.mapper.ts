import { Injectable } from '@nestjs/common';

import type { Challenge } from '../../credentials/challenge.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { LookupHash } from '../../platform/crypto/lookup-hash.js';
import type { SealAddress } from '../../platform/crypto/sealed.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import type { Connection } from '../domain/connection.js';
import { decodeChallenge, encodeChallenge } from './challenge-codec.js';
import type { ConnectionEntity } from './connection.entity.js';
import { SealedSecret } from './sealed-secret.js';

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
    const { observedAt: _observed, leaseUntil: _until, leaseOwner: _owner, ...plain } = rest;
    return {
      ...plain,
      credentialId:
        credentialSealed && new SealedSecret(this.sealer, credentialSealed, address(row.id, 'credential_sealed')),
      challenge: challengeSealed && this.openChallenge(row.id, challengeSealed),
    };
  }

  toRow(connection: Connection): ConnectionRow {
    const { credentialId, challenge, degradedGroups, ...plain } = connection;
    return {
      ...plain,
      degradedGroups: [...degradedGroups],
      credentialSealed: credentialId && this.sealer.seal(credentialId, address(connection.id, 'credential_sealed')),
      credentialLookup: credentialId && this.credentialLookup(connection.provider, credentialId),
      ...this.challengeColumns(connection.id, challenge),
    };
  }

  /** The columns that an observation can change; the credential keeps its ciphertext. */
  toChanges(connection: Connection): Partial<ConnectionRow> {
    const { credentialId, challenge, degradedGroups, fence: _fence, id, ...plain } = connection;
    return {
      ...plain,
      degradedGroups: [...degradedGroups],
      ...(credentialId === null ? { credentialSealed: null, credentialLookup: null } : {}),
      ...this.challengeColumns(id, challenge),
    };
  }

  credentialLookup(provider: string, credentialId: SecretValue): string {
    return this.lookup.of('credential', provider, credentialId.reveal('to hash it for the look-up'));
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
