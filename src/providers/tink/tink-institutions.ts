import { Injectable } from '@nestjs/common';

import { TinkConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { InstitutionDirectory, type Institution } from '../../credentials/institution-directory.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { LoadingCache, type Loaded } from '../../platform/http/loading-cache.js';
import { pathSegment } from '../../platform/http/outgoing-request.js';
import { awaitShared } from '../../platform/http/shared-work.js';
import { Clock } from '../../platform/time/clock.js';
import { readBank } from './tink.bodies.js';
import { operation, readBody, TinkClient } from './tink.client.js';
import { givenUp, tinkFailure } from './tink.errors.js';
import { toLoginField } from './tink-fields.js';
import { marketOf } from './tink-link-url.js';
import type { TinkBank } from './tink.types.js';

type Directory = Result<readonly Institution[], ProviderFailure>;

const KEEP_MS = 60 * 60_000;
/** One for each language that is asked for. */
const MARKETS = 40;
const MARKET = /^[A-Z]{2}$/;

/** The banks of a market, test banks included: an app sees those that its contract allows. */
@Injectable()
export class TinkInstitutions extends InstitutionDirectory {
  private readonly markets: LoadingCache<Directory>;

  constructor(
    private readonly config: TinkConfig,
    private readonly client: TinkClient,
    private readonly clock: Clock,
  ) {
    super();
    this.markets = new LoadingCache(MARKETS, clock);
  }

  override async list(market: string | undefined, call: CallContext): Promise<Directory> {
    const wanted = (market ?? this.config.market).toUpperCase();
    if (!MARKET.test(wanted)) return fail(unknownMarket());
    return awaitShared(
      call.signal,
      this.markets.get(`${wanted} ${call.locale ?? ''}`, () => this.load(wanted, call.locale)),
      givenUp,
    );
  }

  /** Names begin with their market; those that do not are looked for in the configured one. */
  override async find(institutionId: string, call: CallContext): Promise<Result<Institution, ProviderFailure>> {
    const markets = [...new Set([marketOf(institutionId), this.config.market])].filter((market) => market !== null);
    for (const market of markets) {
      const banks = await this.list(market, call);
      if (!banks.ok && banks.failure.code !== 'credential.invalid_input') return banks;
      const found = banks.ok ? banks.value.find(({ id }) => id === institutionId) : undefined;
      if (found) return ok(found);
    }
    return fail(tinkFailure('institution.unknown'));
  }

  private async load(market: string, locale: string | undefined): Promise<Loaded<Directory>> {
    const keepUntil = new Date(this.clock.now().getTime() + KEEP_MS);
    const shared = { signal: new AbortController().signal, ...(locale !== undefined && { locale }) };
    const directory = await operation(shared, async (call) => this.fetch(market, call));
    return directory.ok ? { value: directory, keepUntil } : { value: directory };
  }

  private async fetch(market: string, call: CallContext): Promise<Directory> {
    const answer = await this.client.asClient(
      {
        operation: '/api/v1/providers/{market}',
        method: 'GET',
        path: `/api/v1/providers/${pathSegment(market)}`,
        query: [['includeTestProviders', 'true']],
        scopes: ['providers:read'],
        retry: 'safe',
        changes: false,
        refusals: { 400: 'credential.invalid_input', 404: 'credential.invalid_input' },
        pointer: '?market',
      },
      call,
    );
    if (!answer.ok) return answer;
    const banks = readBody(answer.value, false, (body) => body.usableItems('providers', readBank));
    return banks.ok ? ok(banks.value.map(toInstitution)) : banks;
  }
}

function unknownMarket(): ProviderFailure {
  return tinkFailure('credential.invalid_input', { pointer: '?market' });
}

const STATUSES: ReadonlyMap<string, Institution['status']> = new Map([
  ['ENABLED', 'enabled'],
  ['TEMPORARY_DISABLED', 'temporarily_disabled'],
  ['DISABLED', 'disabled'],
]);

function toInstitution(bank: TinkBank): Institution {
  return {
    id: bank.name,
    name: bank.displayName,
    market: bank.market,
    // A word that we do not know is no reason to hide a bank: Tink itself refuses what it does not serve.
    status: STATUSES.get(bank.status) ?? 'enabled',
    connect: ['direct', 'link'],
    fields: bank.fields.map(toLoginField),
    ...(bank.icon?.startsWith('https://') && { logoUrl: bank.icon }),
  };
}
