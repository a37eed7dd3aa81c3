import type { ClientCaller } from './caller.js';

/** A live key: whose it is, and how to prove it. */
export interface KeyRecord {
  readonly caller: ClientCaller;
  readonly secretHash: Buffer;
}

/** Where keys are looked up. On the request path, so it only reads. */
export abstract class KeyRecords {
  /** @returns null when there is no such key, or it or its client is revoked. */
  abstract find(keyId: string): Promise<KeyRecord | null>;
}
