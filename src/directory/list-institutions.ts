import { Injectable } from '@nestjs/common';

import type { Institution } from '../credentials/institution-directory.js';
import { Failure } from '../platform/errors/failure.js';
import { decodeCursor, toPage, type Page } from '../platform/pagination/cursor.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';

export interface InstitutionQuery {
  readonly market?: string | undefined;
  /** Words of the bank's name or id, in any order and case. */
  readonly text?: string | undefined;
  /** Of the texts, e.g. `sv_SE`. */
  readonly locale?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The banks of a provider, by id. Adapters keep their directories for one hour. */
@Injectable()
export class ListInstitutions {
  constructor(private readonly providers: ProviderAccess) {}

  /** @throws Failure `provider.unknown`, `capability_unsupported`, `request.invalid_cursor`, or the provider's code */
  async run(providerId: string, { market, text, locale, limit, cursor }: InstitutionQuery): Promise<Page<Institution>> {
    const provider = this.providers.provider(providerId);
    if (!provider.institutions) {
      throw new Failure('capability_unsupported', { detail: `${provider.name} does not tell which banks it reaches.` });
    }
    const after = cursor === undefined ? null : decodeCursor(cursor, (key) => key.length <= 150);
    const all = valueOf(await provider.institutions.list(market, this.providers.call(locale)));
    const words = (text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const rows = all
      .filter((bank) => matches(bank, words) && (after === null || bank.id > after))
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, limit + 1);
    return toPage(
      rows,
      limit,
      (bank) => bank.id,
      (bank) => bank,
    );
  }
}

function matches({ id, name }: Institution, words: readonly string[]): boolean {
  const text = `${id} ${name}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
