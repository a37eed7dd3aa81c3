import { Injectable } from '@nestjs/common';

import { FlanksConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { InstitutionDirectory, type Institution } from '../../credentials/institution-directory.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { LoadingCache, type Loaded } from '../../platform/http/loading-cache.js';
import { awaitShared } from '../../platform/http/shared-work.js';
import { Clock } from '../../platform/time/clock.js';
import { operation } from './flanks.client.js';
import { flanksFailure, givenUp } from './flanks.errors.js';
import type { FlanksBank } from './flanks.types.js';
import { FlanksBanks } from './flanks-banks.js';
import { marketOf, UNKNOWN_COUNTRY } from './flanks-countries.js';

type Directory = Result<readonly Institution[], ProviderFailure>;

const KEEP_MS = 60 * 60_000;
const ONLY = 'banks';
const MARKET = /^[A-Z]{2}$/;

/** The banks of Flanks. It has one list for all markets: entities for the Link, connectors for sessions. */
@Injectable()
export class FlanksInstitutions extends InstitutionDirectory {
  private readonly kept: LoadingCache<Directory>;

  constructor(
    private readonly config: FlanksConfig,
    private readonly banks: FlanksBanks,
    private readonly clock: Clock,
  ) {
    super();
    this.kept = new LoadingCache(1, clock);
  }

  /** Banks whose country is not told are in every market. */
  override async list(market: string | undefined, call: CallContext): Promise<Directory> {
    const wanted = market?.toUpperCase();
    if (wanted !== undefined && !MARKET.test(wanted)) {
      return fail(flanksFailure('credential.invalid_input', { pointer: '?market' }));
    }
    const all = await awaitShared(
      call.signal,
      this.kept.get(ONLY, async () => this.load()),
      givenUp,
    );
    if (!all.ok || wanted === undefined) return all;
    return ok(all.value.filter((bank) => bank.market === wanted || bank.market === UNKNOWN_COUNTRY));
  }

  /** A credential names its entity, also where the directory has connectors: `testbank` is `esp:testbank` there. */
  override async find(institutionId: string, call: CallContext): Promise<Result<Institution, ProviderFailure>> {
    const all = await this.list(undefined, call);
    if (!all.ok) return all;
    const found =
      all.value.find(({ id }) => id === institutionId) ??
      (institutionId !== '' && this.config.flow === 'session'
        ? all.value.find(({ id }) => id.endsWith(`:${institutionId}`))
        : undefined);
    return found ? ok(found) : fail(flanksFailure('institution.unknown'));
  }

  private async load(): Promise<Loaded<Directory>> {
    const keepUntil = new Date(this.clock.now().getTime() + KEEP_MS);
    const banks = await operation({ signal: new AbortController().signal }, async (call) =>
      this.config.flow === 'session' ? this.banks.connectors(call) : this.banks.entities(call),
    );
    return banks.ok ? { value: ok(banks.value.map(toInstitution)), keepUntil } : { value: banks };
  }
}

/** Nothing is known of a bank's health, and its login is asked on Flanks' page only. */
function toInstitution({ id, name, countries, logoUrl }: FlanksBank): Institution {
  return {
    id,
    name,
    market: marketOf(countries[0] ?? ''),
    status: 'enabled',
    connect: ['link'],
    fields: [],
    ...(logoUrl?.startsWith('https://') && { logoUrl }),
  };
}
