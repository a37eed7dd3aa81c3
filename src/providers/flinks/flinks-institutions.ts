import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import type { Field } from '../../credentials/field.js';
import { InstitutionDirectory, type Institution } from '../../credentials/institution-directory.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { LoadingCache, type Loaded } from '../../platform/http/loading-cache.js';
import { awaitShared } from '../../platform/http/shared-work.js';
import { Clock } from '../../platform/time/clock.js';
import { readDirectoryPage, type FlinksDirectoryEntry, type FlinksDirectoryPage } from './flinks.bodies.js';
import { FlinksClient, objectBody, operation } from './flinks.client.js';
import { flinksFailure, givenUp } from './flinks.errors.js';
import { DEFAULT_LANGUAGE, LANGUAGES } from './flinks-login-identity.js';

type Directory = Result<readonly FlinksDirectoryEntry[], ProviderFailure>;

const KEEP_MS = 60 * 60_000;
const PAGE = 1000;
/** Flinks has a few hundred banks; more pages than this is a loop. */
const MOST_PAGES = 20;
const MARKET = /^[A-Z]{2}$/;
const ALL = 'all';

/** All banks of an instance; our id is the English name, which is what `/Authorize` takes. */
@Injectable()
export class FlinksInstitutions extends InstitutionDirectory {
  private readonly directory: LoadingCache<Directory>;

  constructor(
    private readonly client: FlinksClient,
    private readonly clock: Clock,
  ) {
    super();
    this.directory = new LoadingCache(1, clock);
  }

  override async list(
    market: string | undefined,
    call: CallContext,
  ): Promise<Result<readonly Institution[], ProviderFailure>> {
    const wanted = market?.toUpperCase();
    if (wanted !== undefined && !MARKET.test(wanted)) {
      return fail(flinksFailure('credential.invalid_input', { pointer: '?market' }));
    }
    const entries = await this.entries(call);
    if (!entries.ok) return entries;
    return ok(entries.value.filter(({ country }) => wanted === undefined || country === wanted).map(toInstitution));
  }

  override async find(institutionId: string, call: CallContext): Promise<Result<Institution, ProviderFailure>> {
    const entry = await this.entry(({ name }) => name === institutionId, call);
    return entry.ok ? ok(toInstitution(entry.value)) : entry;
  }

  /** The number of a bank, for addresses of Flinks Connect. Failures: `institution.unknown`. */
  async numberOf(institutionId: string, call: CallContext): Promise<Result<number, ProviderFailure>> {
    const entry = await this.entry(({ name }) => name === institutionId, call);
    return entry.ok ? ok(entry.value.number) : entry;
  }

  /** Our id of a bank that an answer of Flinks names; the name itself when the directory does not help. */
  async idOf({ name, number }: { name: string | null; number: number | null }, call: CallContext): Promise<string> {
    const entry = await this.entry((each) => each.number === number || each.name === name, call);
    return entry.ok ? entry.value.name : (name ?? 'unknown');
  }

  private async entry(
    fits: (entry: FlinksDirectoryEntry) => boolean,
    call: CallContext,
  ): Promise<Result<FlinksDirectoryEntry, ProviderFailure>> {
    const entries = await this.entries(call);
    if (!entries.ok) return entries;
    const found = entries.value.find(fits);
    return found ? ok(found) : fail(flinksFailure('institution.unknown'));
  }

  private async entries(call: CallContext): Promise<Directory> {
    return awaitShared(
      call.signal,
      this.directory.get(ALL, () => this.load()),
      givenUp,
    );
  }

  /** A load belongs to all who wait for it, so it has a deadline of its own. */
  private async load(): Promise<Loaded<Directory>> {
    const keepUntil = new Date(this.clock.now().getTime() + KEEP_MS);
    const nobody = { signal: new AbortController().signal };
    const directory = await operation(nobody, async (call) => this.pages(call));
    return directory.ok ? { value: directory, keepUntil } : { value: directory };
  }

  private async pages(call: CallContext): Promise<Directory> {
    // Two banks with one name cannot be told apart by /Authorize either; the first stands for both.
    const byName = new Map<string, FlinksDirectoryEntry>();
    let skip = 0;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const read = await this.page(skip, call);
      if (!read.ok) return read;
      for (const entry of read.value.entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
      skip += read.value.length;
      if (read.value.length === 0 || skip >= read.value.count) break;
    }
    return ok([...byName.values()]);
  }

  private async page(skip: number, call: CallContext): Promise<Result<FlinksDirectoryPage, ProviderFailure>> {
    return this.client.fetch(
      {
        ...{ operation: '/Institutions', method: 'GET', path: '/Institutions' },
        query: [
          ['skip', String(skip)],
          ['take', String(PAGE)],
        ],
        auth: { kind: 'api_key' },
        ...{ retry: 'safe', changes: false },
      },
      objectBody(readDirectoryPage),
      call,
    );
  }
}

const USUAL = { required: true, masked: false } as const;
const LOGIN_FIELDS: readonly Field[] = [
  { ...USUAL, name: 'username', label: 'Username', type: 'text' },
  { ...USUAL, name: 'password', label: 'Password', type: 'masked', masked: true },
  {
    ...{ name: 'language', label: 'Language', type: 'select', required: false, masked: false },
    value: DEFAULT_LANGUAGE,
    helpText: 'The language of the session and its questions. Another language is another connection.',
    options: LANGUAGES.map((value) => ({ value, label: value === 'en' ? 'English' : 'Français' })),
  },
];

function toInstitution({ name, country, status }: FlinksDirectoryEntry): Institution {
  return {
    id: name,
    name,
    market: country,
    // A word that we do not know is no reason to hide a bank: Flinks itself refuses what it does not serve.
    status: status === 'Disabled' ? 'disabled' : 'enabled',
    connect: ['direct', 'link'],
    fields: LOGIN_FIELDS,
  };
}
