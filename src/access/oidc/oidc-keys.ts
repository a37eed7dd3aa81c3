import { Injectable, Logger } from '@nestjs/common';
import { createLocalJWKSet, errors, type FlattenedJWSInput, type JWK, type JWSHeaderParameters } from 'jose';

import { OidcConfig } from '../../config/slices.js';
import { isHttpsOrLoopback } from './issuer-address.js';
import { Failure } from '../../platform/errors/failure.js';
import { OutgoingHttp } from '../../platform/http/outgoing-http.js';
import { bodyJson } from '../../platform/http/outgoing-outcome.js';
import { Clock } from '../../platform/time/clock.js';

const FRESH_MS = 600_000;
/** While the issuer cannot be reached, its last keys count for so long. */
const STALE_MS = 3_600_000;
/** A token with an unknown key makes us look for new keys, but not more often than this. */
const COOL_DOWN_MS = 30_000;
/** Milliseconds for one document. */
const DEADLINE_MS = 3_000;
const LARGEST_BYTES = 256 * 1024;
const DISCOVERY = '/.well-known/openid-configuration';

type KeySet = ReturnType<typeof createLocalJWKSet>;
interface Kept {
  readonly keys: KeySet;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The public keys of the OIDC issuer, found through its discovery document and kept. */
@Injectable()
export class OidcKeys {
  private readonly log = new Logger('Access');
  private kept: Kept | null = null;
  private loading: Promise<Kept> | null = null;
  private triedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly config: OidcConfig,
    private readonly http: OutgoingHttp,
    private readonly clock: Clock,
  ) {}

  /** @throws Failure `service.unavailable`, or JOSEError when there is no such key. */
  async find(header: JWSHeaderParameters, token: FlattenedJWSInput): ReturnType<KeySet> {
    const kept = await this.current();
    try {
      return await kept.keys(header, token);
    } catch (error) {
      // A new key may have come since. Whoever invents key ids must not make us ask for each.
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.mayTry()) throw error;
      return (await this.loadOnce()).keys(header, token);
    }
  }

  private async current(): Promise<Kept> {
    const age = this.kept ? this.clock.now().getTime() - this.kept.at : Number.POSITIVE_INFINITY;
    if (this.kept && (age < FRESH_MS || (age < STALE_MS && !this.mayTry()))) return this.kept;
    try {
      return await this.loadOnce();
    } catch (error) {
      if (this.kept && age < STALE_MS) return this.kept;
      throw error;
    }
  }

  private mayTry(): boolean {
    return this.clock.now().getTime() - this.triedAt >= COOL_DOWN_MS;
  }

  /** Callers who need the keys at the same time share one load. */
  private loadOnce(): Promise<Kept> {
    this.loading ??= this.load().finally(() => {
      this.loading = null;
    });
    return this.loading;
  }

  private async load(): Promise<Kept> {
    const at = this.clock.now().getTime();
    this.triedAt = at;
    const issuer = this.config.provider?.issuer ?? '';
    const discovery = await this.json('oidc discovery', `${issuer.replace(/\/+$/, '')}${DISCOVERY}`);
    const address = discovery['jwks_uri'];
    if (discovery['issuer'] !== issuer || typeof address !== 'string' || !isHttpsOrLoopback(address)) {
      throw this.unavailable('the discovery document is not one of this issuer');
    }
    const { keys } = await this.json('oidc keys', address);
    if (!Array.isArray(keys) || !keys.every(isKey)) throw this.unavailable('the keys are not a JWK set');
    this.kept = { keys: createLocalJWKSet({ keys }), at };
    return this.kept;
  }

  private async json(operation: string, address: string): Promise<Readonly<Record<string, unknown>>> {
    const { origin, pathname, searchParams } = new URL(address);
    const outcome = await this.http.channel('oidc').call({
      operation,
      method: 'GET',
      url: `${origin}${pathname}`,
      query: [...searchParams],
      headers: { accept: 'application/json' },
      retry: 'safe',
      signal: new AbortController().signal,
      deadlineMs: DEADLINE_MS,
      maxResponseBytes: LARGEST_BYTES,
    });
    if (outcome.kind === 'fault') throw this.unavailable(outcome.fault);
    const body = outcome.status === 200 ? bodyJson(outcome) : undefined;
    if (typeof body !== 'object' || body === null) throw this.unavailable(`${operation}: status ${outcome.status}`);
    return body as Readonly<Record<string, unknown>>;
  }

  private unavailable(reason: string): Failure {
    this.log.warn({ reason }, 'the keys of the OIDC issuer cannot be had');
    return new Failure('service.unavailable', { detail: 'The OIDC issuer cannot be asked for its keys now.' });
  }
}

/** Every member of a JWK may be missing. `jose` checks those of a key when a token names it. */
function isKey(value: unknown): value is JWK {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
