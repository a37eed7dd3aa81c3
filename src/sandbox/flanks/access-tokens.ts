import { createHash, randomBytes } from 'node:crypto';

const SWEEP_AT = 5000;

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Access tokens that were issued. It remembers digests only. */
export class AccessTokens {
  /** Digest and end, epoch milliseconds. */
  private issued = new Map<string, number>();

  /** @param alone the others stop working. */
  issue(expiresAt: number, now: number, alone: boolean): string {
    if (alone) this.issued.clear();
    if (this.issued.size >= SWEEP_AT) this.issued = new Map([...this.issued].filter(([, end]) => now < end));
    const token = randomBytes(40).toString('base64url');
    this.issued.set(digest(token), expiresAt);
    return token;
  }

  isAlive(token: string, now: number): boolean {
    return now < (this.issued.get(digest(token)) ?? 0);
  }

  clear(): void {
    this.issued.clear();
  }

  save(): readonly (readonly [string, number])[] {
    return [...this.issued];
  }

  load(saved: readonly (readonly [string, number])[]): void {
    this.issued = new Map(saved);
  }
}
