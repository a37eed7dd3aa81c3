import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import { CredentialCensus, type CensusPage } from '../../credentials/credential-census.js';
import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { operation } from './flanks.client.js';
import { flanksFailure } from './flanks.errors.js';
import { FlanksListing } from './flanks-listing.js';

const PAGE = /^[1-9]\d{0,5}$/;

/** Flanks' list is of the whole company, so it is the census as it stands. The cursor is the number of a page. */
@Injectable()
export class FlanksCensus extends CredentialCensus {
  constructor(private readonly listing: FlanksListing) {
    super();
  }

  override async page(cursor: SecretValue | null, call: CallContext): Promise<Result<CensusPage, ProviderFailure>> {
    const text = cursor?.reveal('to go on counting') ?? '1';
    if (!PAGE.test(text)) return fail(flanksFailure('credential.invalid_input'));
    const page = Number(text);
    return operation(call, async (inner) => {
      const listed = await this.listing.page(page, inner);
      if (!listed.ok) return listed;
      const { items, pages } = listed.value;
      const credentials = new Map(
        items.map(({ credentialsToken, externalId }) => [
          credentialsToken,
          { credentialId: new Opened(credentialsToken), user: externalId as ProviderUserRef | null },
        ]),
      );
      const isLast = page >= pages || items.length === 0;
      return ok({ credentials: [...credentials.values()], next: isLast ? null : new Opened(String(page + 1)) });
    });
  }
}
