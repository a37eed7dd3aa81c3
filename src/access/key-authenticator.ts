import { Injectable } from '@nestjs/common';

import { BoundedMap } from '../cache/bounded-map.js';
import { clientsTag } from '../cache/keys.js';
import { TaggedCache } from '../cache/tagged-cache.js';
import { Clock } from '../platform/time/clock.js';
import { Authenticator } from './authenticator.js';
import type { Caller } from './caller.js';
import { isSecretOf, parseKey, type PresentedKey } from './key.js';
import { KeyRecords, type KeyRecord } from './key-records.js';

/** Milliseconds after which a key is looked up again, whatever the cache says. */
const MAX_AGE_MS = 2_000;
/** Keys kept in this process, unknown ones included. */
const MAX_KEPT = 10_000;
const SCHEME = /^bearer +/i;
const TAGS = [clientsTag()];

interface Kept {
  /** `null` = there is no such live key. */
  readonly record: KeyRecord | null;
  /** Of all clients, as it was before the look-up. `null` = unknown. */
  readonly generation: string | null;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Knows clients by their keys. Records are kept in this process under the generation of all clients: a revocation
 * changes the generation, in Redis for every process at once. Without Redis other processes notice within two seconds.
 */
@Injectable()
export class KeyAuthenticator extends Authenticator {
  private readonly kept = new BoundedMap<Kept>(MAX_KEPT);
  private readonly lookUps = new Map<string, Promise<KeyRecord | null>>();

  constructor(
    private readonly keys: KeyRecords,
    private readonly cache: TaggedCache,
    private readonly clock: Clock,
  ) {
    super();
  }

  override callerOf(authorization: string | undefined): Caller | null | Promise<Caller | null> {
    const key = presentedKey(authorization);
    if (!key) return null;
    const generation = this.cache.peekGeneration(TAGS);
    const record = generation === undefined ? undefined : this.known(key.keyId, generation);
    return record === undefined ? this.lookUp(key) : prove(key, record);
  }

  private async lookUp(key: PresentedKey): Promise<Caller | null> {
    const generation = await this.cache.generation(TAGS);
    const known = this.known(key.keyId, generation);
    return prove(key, known === undefined ? await this.findOnce(key.keyId, generation) : known);
  }

  /** @returns undefined when it must be looked up. */
  private known(keyId: string, generation: string | null): KeyRecord | null | undefined {
    const kept = this.kept.get(keyId);
    if (kept?.generation !== generation || kept.until <= this.clock.now().getTime()) return undefined;
    return kept.record;
  }

  private findOnce(keyId: string, generation: string | null): Promise<KeyRecord | null> {
    const name = `${keyId} ${generation ?? ''}`;
    const running = this.lookUps.get(name);
    if (running) return running;
    const lookUp = this.find(keyId, generation).finally(() => this.lookUps.delete(name));
    this.lookUps.set(name, lookUp);
    return lookUp;
  }

  private async find(keyId: string, generation: string | null): Promise<KeyRecord | null> {
    // Counted from before the read: what was revoked meanwhile is not kept longer for it.
    const until = this.clock.now().getTime() + MAX_AGE_MS;
    const record = await this.keys.find(keyId);
    this.kept.set(keyId, { record, generation, until });
    return record;
  }
}

function presentedKey(authorization: string | undefined): PresentedKey | null {
  if (authorization === undefined) return null;
  if (authorization.startsWith('Bearer mk_')) return parseKey(authorization.slice('Bearer '.length));
  return SCHEME.test(authorization) ? parseKey(authorization.replace(SCHEME, '')) : null;
}

/** The secret is proven on every request, although the key is known. */
function prove(key: PresentedKey, record: KeyRecord | null): Caller | null {
  return record && isSecretOf(key.secret, record.secretHash) ? record.caller : null;
}
