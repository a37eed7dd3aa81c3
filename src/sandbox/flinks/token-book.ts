import { createHash, randomUUID } from 'node:crypto';

interface Token {
  /** Epoch milliseconds; counts while nobody holds it. */
  readonly expiresAt: number;
  /** The one dialogue that it is good for: a RequestId or a visit to Connect; `null` = unused. */
  readonly holder: string | null;
}

export type TokenBookState = readonly (readonly [string, Token])[];

const SWEEP_AT = 5000;

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Authorize tokens: each opens one dialogue and serves it to its end. Only digests are kept. */
export class TokenBook {
  private tokens = new Map<string, Token>();

  issue(now: number, lifeMs: number): string {
    if (this.tokens.size >= SWEEP_AT) this.sweep(now);
    const token = randomUUID();
    this.tokens.set(digest(token), { expiresAt: now + lifeMs, holder: null });
    return token;
  }

  /** @returns false when it is unknown, used or expired. */
  isFresh(token: string, now: number): boolean {
    const known = this.tokens.get(digest(token));
    return known?.holder === null && now < known.expiresAt;
  }

  bind(token: string, holder: string): void {
    const known = this.tokens.get(digest(token));
    if (known) this.tokens.set(digest(token), { ...known, holder });
  }

  holderOf(token: string): string | null {
    return this.tokens.get(digest(token))?.holder ?? null;
  }

  save(): TokenBookState {
    return [...this.tokens];
  }

  load(state: TokenBookState): void {
    this.tokens = new Map(state);
  }

  clear(): void {
    this.tokens.clear();
  }

  private sweep(now: number): void {
    const DAY_MS = 86_400_000;
    this.tokens = new Map([...this.tokens].filter(([, { expiresAt }]) => now < expiresAt + DAY_MS));
  }
}
