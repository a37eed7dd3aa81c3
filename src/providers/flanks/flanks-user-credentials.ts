import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderUserRef } from '../../credentials/credential-ref.js';
import { FlanksListing, type ListedCredential } from './flanks-listing.js';

/** Clocks differ. */
const SKEW_MS = 60_000;

/** Finds one of a user's credentials by what little is known of it. Two that fit are a guess, so none. */
@Injectable()
export class FlanksUserCredentials {
  constructor(private readonly listing: FlanksListing) {}

  /** The only one that is as young as a visit. @param begunAt epoch milliseconds */
  async madeSince(
    user: ProviderUserRef,
    begunAt: number | undefined,
    call: CallContext,
  ): Promise<ListedCredential | null> {
    if (begunAt === undefined) return null;
    return this.only(user, ({ status }) => (status.createdAt?.getTime() ?? 0) >= begunAt - SKEW_MS, call);
  }

  /** The only one at a bank. */
  async at(user: ProviderUserRef, bank: string | undefined, call: CallContext): Promise<ListedCredential | null> {
    if (bank === undefined) return null;
    return this.only(user, ({ status }) => status.bank === bank, call);
  }

  /** `null` also when the list cannot be read: what is looked for here is a help, never a need. */
  private async only(
    user: ProviderUserRef,
    fits: (credential: ListedCredential) => boolean,
    call: CallContext,
  ): Promise<ListedCredential | null> {
    const listed = await this.listing.ofUser(user, call);
    const fitting = listed.ok ? listed.value.filter(fits) : [];
    const [first] = fitting;
    return first && fitting.length === 1 ? first : null;
  }
}
