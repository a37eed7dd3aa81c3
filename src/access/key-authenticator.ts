import { Injectable } from '@nestjs/common';

import { clientsTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import { LoadingCache } from '../platform/http/loading-cache.js';
import { Clock } from '../platform/time/clock.js';
import { Authenticator } from './authenticator.js';
import type { Caller } from './caller.js';
import { isSecretOf, parseKey } from './key.js';
import { KeyRecords, type KeyRecord } from './key-records.js';

/** Milliseconds after which a key is looked up again, whatever the cache says. */
const MAX_AGE_MS = 2_000;
/** Keys kept in this process, unknown ones included. */
const MAX_KEPT = 10_000;
const SCHEME = /^bearer +/i;
const TAGS = [clientsTag()];

/**
 * Knows clients by their keys. Records are kept in this process under the generation of all clients: a revocation changes
 * the generation, in Redis for every process at once. Without Redis other processes notice within two seconds.
 */
@Injectable()
export class KeyAuthenticator extends Authenticator {
  private readonly records: LoadingCache<KeyRecord | null>;

  constructor(
    private readonly keys: KeyRecords,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {
    super();
    this.records = new LoadingCache(MAX_KEPT, clock);
  }

  override async callerOf(authorization: string | undefined): Promise<Caller | null> {
    if (authorization === undefined || !SCHEME.test(authorization)) return null;
    const key = parseKey(authorization.replace(SCHEME, ''));
    if (!key) return null;
    const record = await this.record(key.keyId);
    return record && isSecretOf(key.secret, record.secretHash) ? record.caller : null;
  }

  private async record(keyId: string): Promise<KeyRecord | null> {
    const generation = await this.cache.generation(TAGS);
    return this.records.get(`${keyId} ${generation ?? ''}`, async () => {
      // Counted from before the read: what was revoked meanwhile is not kept longer for it.
      const keepUntil = new Date(this.clock.now().getTime() + MAX_AGE_MS);
      return { value: await this.keys.find(keyId), keepUntil };
    });
  }
}
