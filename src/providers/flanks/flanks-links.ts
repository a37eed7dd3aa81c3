import { createHash } from 'node:crypto';

import { Injectable } from '@nestjs/common';

import { FlanksConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { LoadingCache, type Loaded } from '../../platform/http/loading-cache.js';
import { awaitShared } from '../../platform/http/shared-work.js';
import { Clock } from '../../platform/time/clock.js';
import { readLink } from './flanks.bodies.js';
import { FlanksClient, operation } from './flanks.client.js';
import { flanksFailure, givenUp } from './flanks.errors.js';
import type { FlanksLink } from './flanks.types.js';

type LinkToken = Result<string, ProviderFailure>;

/** An operator may delete or pause a Link, so it is looked up again now and then. */
const KEEP_MS = 60 * 60_000;
const CALLBACKS = 10;

/** The Link through which users come back to us: the configured one, or our own, found or created once. */
@Injectable()
export class FlanksLinks {
  private readonly tokens: LoadingCache<LinkToken>;

  constructor(
    private readonly config: FlanksConfig,
    private readonly client: FlanksClient,
    private readonly clock: Clock,
  ) {
    this.tokens = new LoadingCache(CALLBACKS, clock);
  }

  /** Failures: `provider.misconfigured` when our Link is paused or points elsewhere. */
  async tokenFor(callbackUrl: string, call: CallContext): Promise<LinkToken> {
    if (this.config.linkToken !== null) return ok(this.config.linkToken);
    return awaitShared(
      call.signal,
      this.tokens.get(callbackUrl, async () => this.load(callbackUrl)),
      givenUp,
    );
  }

  private async load(callbackUrl: string): Promise<Loaded<LinkToken>> {
    const keepUntil = new Date(this.clock.now().getTime() + KEEP_MS);
    const token = await operation({ signal: new AbortController().signal }, async (call) =>
      this.findOrCreate(callbackUrl, call),
    );
    return token.ok ? { value: token, keepUntil } : { value: token };
  }

  private async findOrCreate(callbackUrl: string, call: CallContext): Promise<LinkToken> {
    const found = await this.find(callbackUrl, call);
    if (!found.ok || found.value !== null) return tokenOf(found);
    const created = await this.create(callbackUrl, call);
    if (created.ok) return ok(created.value.token);
    // Another process may have been faster, or the answer was lost.
    const { code, mayHaveHappened } = created.failure;
    if (code !== 'credential.duplicate' && code !== 'provider.misconfigured' && !mayHaveHappened) return created;
    const again = await this.find(callbackUrl, call);
    return again.ok && again.value === null ? created : tokenOf(again);
  }

  /** `null` when there is none. */
  private async find(callbackUrl: string, call: CallContext): Promise<Result<FlanksLink | null, ProviderFailure>> {
    const path = '/v0/links/list-links';
    const links = await this.client.read(
      { method: 'POST', path, retry: 'safe', changes: false, refusals: REFUSALS },
      (body) => body.usableItems('items', readLink),
      call,
    );
    if (!links.ok) return links;
    const name = nameOf(callbackUrl);
    const usable = links.value.filter(({ active, redirectUri }) => active && redirectUri === callbackUrl);
    const link = usable.find((each) => each.name === name) ?? usable[0];
    if (link) return ok(link);
    // Somebody paused it or sent it elsewhere on purpose: that is not for us to undo.
    return links.value.some((each) => each.name === name) ? fail(flanksFailure('provider.misconfigured')) : ok(null);
  }

  private async create(callbackUrl: string, call: CallContext): Promise<Result<FlanksLink, ProviderFailure>> {
    return this.client.read(
      {
        method: 'POST',
        path: '/v0/links/create-link',
        body: { redirect_uri: callbackUrl, name: nameOf(callbackUrl) },
        retry: 'never',
        changes: true,
        refusals: REFUSALS,
      },
      (body) => readLink(body.object('data')),
      call,
    );
  }
}

/** The code of a duplicate name is not documented; it may look like any bad input. */
const REFUSALS = { invalid_input: 'provider.misconfigured', unknown_element: 'provider.misconfigured' } as const;

/** Names are unique in a company; several installations may share one. */
function nameOf(callbackUrl: string): string {
  return `mooring-${createHash('sha256').update(callbackUrl).digest('hex').slice(0, 12)}`;
}

function tokenOf(link: Result<FlanksLink | null, ProviderFailure>): LinkToken {
  if (!link.ok) return link;
  return link.value ? ok(link.value.token) : fail(flanksFailure('provider.misconfigured'));
}
