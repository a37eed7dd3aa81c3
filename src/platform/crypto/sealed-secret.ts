import { inspect } from 'node:util';

import type { SealAddress, Sealed } from './sealed.js';
import type { Sealer } from './sealer.js';

const PLACEHOLDER = '[secret]';

/** A secret that stays sealed until somebody reveals it, with a reason. */
export class SealedSecret {
  readonly #sealer: Sealer;
  readonly #sealed: Sealed;
  readonly #address: SealAddress;

  constructor(sealer: Sealer, sealed: Sealed, address: SealAddress) {
    this.#sealer = sealer;
    this.#sealed = sealed;
    this.#address = address;
  }

  reveal(reason: string): string {
    return this.#sealer.open(this.#sealed, this.#address, reason).reveal(reason);
  }

  toString(): string {
    return PLACEHOLDER;
  }

  toJSON(): string {
    return PLACEHOLDER;
  }

  [inspect.custom](): string {
    return PLACEHOLDER;
  }
}
