const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;
const CANCEL_REQUEST = 80_877_102;
const TERMINATE = 0x58;
const LONGEST_MESSAGE = 64 * 1024 * 1024;

/** What a PostgreSQL client sends before its first typed message. */
export type Opening = 'encryption' | 'cancel' | 'startup';

/** Cuts the bytes of one client into whole messages of the PostgreSQL protocol, version 3. */
export class FrontendMessages {
  private waiting: Buffer = Buffer.alloc(0);

  push(bytes: Buffer): void {
    this.waiting = this.waiting.length === 0 ? bytes : Buffer.concat([this.waiting, bytes]);
  }

  /** The next untyped message, `null` = not complete yet. @throws RangeError when it is none */
  opening(): { readonly kind: Opening; readonly bytes: Buffer } | null {
    if (this.waiting.length < 8) return null;
    const bytes = this.take(this.waiting.readInt32BE(0), 8);
    if (!bytes) return null;
    const code = bytes.readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) return { kind: 'encryption', bytes };
    return { kind: code === CANCEL_REQUEST ? 'cancel' : 'startup', bytes };
  }

  /** All whole typed messages that are there, with the letters of their types, up to a Terminate. */
  typed(): { readonly types: string; readonly bytes: Buffer; readonly terminated: boolean } {
    const taken: Buffer[] = [];
    let types = '';
    while (this.waiting.length >= 5) {
      const message = this.take(1 + this.waiting.readInt32BE(1), 5);
      if (!message) break;
      if (message[0] === TERMINATE) return { types, bytes: Buffer.concat(taken), terminated: true };
      types += String.fromCharCode(message[0] ?? 0);
      taken.push(message);
    }
    return { types, bytes: Buffer.concat(taken), terminated: false };
  }

  private take(length: number, least: number): Buffer | null {
    if (length < least || length > LONGEST_MESSAGE) throw new RangeError('Not a message of the PostgreSQL protocol.');
    if (this.waiting.length < length) return null;
    const message = this.waiting.subarray(0, length);
    this.waiting = this.waiting.subarray(length);
    return message;
  }
}
