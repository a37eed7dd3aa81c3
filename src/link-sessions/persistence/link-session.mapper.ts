import { Injectable } from '@nestjs/common';

import type { SecretValue } from '../../credentials/secret-value.js';
import type { Sealed } from '../../platform/crypto/sealed.js';
import { SealedSecret } from '../../platform/crypto/sealed-secret.js';
import { Sealer } from '../../platform/crypto/sealer.js';
import type { LinkSession } from '../link-session.js';
import type { LinkSessionEntity } from './link-session.entity.js';

type Row = Omit<LinkSessionEntity, 'stateHash'>;

/** Between the row and the record; seals what a visit must keep secret. */
@Injectable()
export class LinkSessionMapper {
  constructor(private readonly sealer: Sealer) {}

  toSession({ stateHash: _hash, stateSealed, handleSealed, ...plain }: LinkSessionEntity): LinkSession {
    return {
      ...plain,
      state: this.closed(plain.id, 'state_sealed', stateSealed),
      handle: this.closed(plain.id, 'handle_sealed', handleSealed),
    };
  }

  toRow({ state, handle, ...plain }: LinkSession): Row {
    return {
      ...plain,
      stateSealed: this.sealed(plain.id, 'state_sealed', state),
      handleSealed: this.sealed(plain.id, 'handle_sealed', handle),
    };
  }

  private closed(row: string, field: string, sealed: Sealed | null): SealedSecret | null {
    return sealed && new SealedSecret(this.sealer, sealed, { table: 'link_sessions', row, field });
  }

  private sealed(row: string, field: string, secret: SecretValue | null): Sealed | null {
    return secret && this.sealer.seal(secret, { table: 'link_sessions', row, field });
  }
}
