import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('client_keys')
export class ClientKeyEntity {
  @PrimaryColumn('text', { name: 'key_id' })
  keyId!: string;

  @Column('uuid', { name: 'client_id' })
  clientId!: string;

  /** SHA-256 of the secret. */
  @Column('bytea', { name: 'secret_hash' })
  secretHash!: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;
}
