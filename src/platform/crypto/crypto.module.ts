import { Global, Module } from '@nestjs/common';

import { DataSource } from 'typeorm';

import { CryptoConfig, DatabaseConfig } from '../../config/slices.js';
import { Clock } from '../time/clock.js';
import { KeyRing } from './key-ring.js';
import { LookupHash } from './lookup-hash.js';
import { lookupKey } from './lookup-key.js';
import { generatedKeys } from './generated-keys.js';
import { checkKeysInUse } from './rotation/keys-in-use.js';
import { Sealer } from './sealer.js';

/** Encryption of secrets and keyed hashes, with the installation's keys. */
@Global()
@Module({
  providers: [
    {
      provide: KeyRing,
      useFactory: async (crypto: CryptoConfig, { dataDir }: DatabaseConfig) =>
        new KeyRing(crypto.keys.length > 0 ? crypto.keys : await generatedKeys(dataDir)),
      inject: [CryptoConfig, DatabaseConfig],
    },
    { provide: Sealer, useFactory: (keys: KeyRing) => new Sealer(keys), inject: [KeyRing] },
    {
      provide: LookupHash,
      // The first that needs the database: a wrong configuration ends the start here.
      useFactory: async (database: DataSource, sealer: Sealer, keys: KeyRing, clock: Clock) => {
        await checkKeysInUse(database, keys, clock.now());
        return new LookupHash(await lookupKey(database, sealer));
      },
      inject: [DataSource, Sealer, KeyRing, Clock],
    },
  ],
  exports: [KeyRing, Sealer, LookupHash],
})
export class CryptoModule {}
