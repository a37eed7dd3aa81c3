import { createHash, randomBytes } from 'node:crypto';

export interface Grant {
  /** `null` = a token of the app itself. */
  readonly userId: string | null;
  readonly scopes: readonly string[];
  readonly idHint: string | null;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface CodeGrant extends Grant {
  /** The app that may redeem it. */
  readonly clientId: string;
}

export interface TokenBookState {
  readonly tokens: readonly (readonly [string, Grant])[];
  readonly codes: readonly (readonly [string, CodeGrant])[];
}

const SWEEP_AT = 5000;

const digest = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Tokens and codes that were issued. It remembers digests only. */
export class TokenBook {
  private tokens = new Map<string, Grant>();
  private codes = new Map<string, CodeGrant>();

  issueToken(grant: Grant, now: number): string {
    if (this.tokens.size >= SWEEP_AT) this.tokens = living(this.tokens, now);
    const token = randomBytes(40).toString('base64url');
    this.tokens.set(digest(token), grant);
    return token;
  }

  /** @returns `null` when unknown or expired. */
  findToken(token: string, now: number): Grant | null {
    const grant = this.tokens.get(digest(token));
    return grant && now < grant.expiresAt ? grant : null;
  }

  issueCode(grant: CodeGrant, now: number): string {
    if (this.codes.size >= SWEEP_AT) this.codes = living(this.codes, now);
    const code = randomBytes(16).toString('hex');
    this.codes.set(digest(code), grant);
    return code;
  }

  /** A code works once, and only for the app it was made for. */
  redeem(code: string, clientId: string, now: number): CodeGrant | null {
    const key = digest(code);
    const grant = this.codes.get(key);
    if (grant?.clientId !== clientId) return null;
    this.codes.delete(key);
    return now < grant.expiresAt ? grant : null;
  }

  revokeUser(userId: string): void {
    for (const book of [this.tokens, this.codes]) {
      for (const [key, grant] of book) if (grant.userId === userId) book.delete(key);
    }
  }

  revokeTokens(): void {
    this.tokens.clear();
  }

  clear(): void {
    this.tokens.clear();
    this.codes.clear();
  }

  save(): TokenBookState {
    return { tokens: [...this.tokens], codes: [...this.codes] };
  }

  load(state: TokenBookState): void {
    this.tokens = new Map(state.tokens);
    this.codes = new Map(state.codes);
  }
}

function living<G extends Grant>(book: Map<string, G>, now: number): Map<string, G> {
  return new Map([...book].filter(([, grant]) => now < grant.expiresAt));
}
