import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Says that a provider knows this user, or may know them. The provider's side of the name is our user id, so nothing else is kept. */
@Entity('provider_users')
export class ProviderUserEntity {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;

  @PrimaryColumn('text')
  provider!: string;

  /** False = the provider was asked to create the user, and the answer has not been written down. */
  @Column('boolean')
  confirmed!: boolean;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
