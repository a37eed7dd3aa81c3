import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, IsNull, MoreThan, Not } from 'typeorm';

import type { SecretValue } from '../../../credentials/secret-value.js';
import { SealedSecret } from '../../../platform/crypto/sealed-secret.js';
import type { Sealed } from '../../../platform/crypto/sealed.js';
import { Sealer } from '../../../platform/crypto/sealer.js';
import { decodeCursor, isUuid, toPage, type Page } from '../../../platform/pagination/cursor.js';
import type { Registration } from '../registration.js';
import { RegistrationEntity } from './registration.entity.js';

/** More endpoints than any vendor allows. */
const MOST = 100;

/** Endpoints at vendors, their secrets sealed. */
@Injectable()
export class RegistrationRepository {
  constructor(
    private readonly database: DataSource,
    private readonly sealer: Sealer,
  ) {}

  /**
   * The right to register an address: for one caller at a time, over all processes, until `until`.
   * @returns the id of its row; `null` while somebody else has the right.
   */
  async claim(id: string, provider: string, url: string, now: Date, until: Date): Promise<string | null> {
    const [row] = await this.database.query<{ id: string }[]>(
      `INSERT INTO webhook_registrations AS known (id, provider, url, claimed_until, created_at)
        VALUES ($1, $2, $3, $5, $4)
        ON CONFLICT (provider, url) DO UPDATE SET claimed_until = $5
          WHERE known.claimed_until IS NULL OR known.claimed_until <= $4
        RETURNING id`,
      [id, provider, url, now, until],
    );
    return row?.id ?? null;
  }

  /** Gives the right back. A row that holds no endpoint goes. */
  async release(id: string): Promise<void> {
    await this.database.manager.update(RegistrationEntity, { id }, { claimedUntil: null });
    await this.database.manager.delete(RegistrationEntity, { id, vendorIdSealed: IsNull() });
  }

  /** Instead of what the row held; its claim ends. */
  async keep(manager: EntityManager, { id, vendorId, secret, createdAt }: Registration): Promise<void> {
    const changes = {
      vendorIdSealed: this.sealer.seal(vendorId, address(id, 'vendor_id_sealed')),
      secretSealed: secret && this.sealer.seal(secret, address(id, 'secret_sealed')),
    };
    await manager.update(RegistrationEntity, { id }, { ...changes, createdAt, claimedUntil: null });
  }

  async find(provider: string, id: string): Promise<Registration | null> {
    const where = { id, provider, vendorIdSealed: Not(IsNull()) };
    const row = await this.database.manager.findOneBy(RegistrationEntity, where);
    return row && this.toRegistration(row);
  }

  async secrets(provider: string): Promise<readonly SecretValue[]> {
    const where = { provider, secretSealed: Not(IsNull()) };
    const rows = await this.database.manager.find(RegistrationEntity, { where, take: MOST });
    return rows.map((row) => this.toRegistration(row).secret).filter((secret) => secret !== null);
  }

  /** Oldest first. @throws Failure `request.invalid_cursor` */
  async page(provider: string, limit: number, cursor?: string): Promise<Page<Registration>> {
    const after = cursor === undefined ? {} : { id: MoreThan(decodeCursor(cursor, isUuid)) };
    const rows = await this.database.manager.find(RegistrationEntity, {
      where: { provider, vendorIdSealed: Not(IsNull()), ...after },
      order: { id: 'ASC' },
      take: limit + 1,
    });
    return toPage(
      rows,
      limit,
      ({ id }) => id,
      (row) => this.toRegistration(row),
    );
  }

  async remove(manager: EntityManager, id: string): Promise<void> {
    await manager.delete(RegistrationEntity, { id });
  }

  private toRegistration({ id, provider, url, createdAt, ...sealed }: RegistrationEntity): Registration {
    const closed = (text: Sealed, field: string): SealedSecret =>
      new SealedSecret(this.sealer, text, address(id, field));
    const { vendorIdSealed, secretSealed } = sealed;
    if (!vendorIdSealed) throw new TypeError('A registration that is not made yet is not read.');
    return {
      ...{ id, provider, url, createdAt },
      vendorId: closed(vendorIdSealed, 'vendor_id_sealed'),
      secret: secretSealed && closed(secretSealed, 'secret_sealed'),
    };
  }
}

function address(row: string, field: string) {
  return { table: 'webhook_registrations', row, field };
}
