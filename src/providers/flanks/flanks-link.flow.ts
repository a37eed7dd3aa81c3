import { Injectable } from '@nestjs/common';

import { FlanksConfig } from '../../config/slices.js';
import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import {
  LinkFlow,
  type BegunLink,
  type LinkOutcome,
  type LinkRequest,
  type LinkReturn,
} from '../../credentials/link-flow.js';
import { fail, ok, type Result } from '../../credentials/result.js';
import { Opened } from '../../platform/crypto/opened.js';
import { Clock } from '../../platform/time/clock.js';
import { operation } from './flanks.client.js';
import { flanksFailure } from './flanks.errors.js';
import { handleOf } from './flanks-link-handle.js';
import { FlanksLinkReturns } from './flanks-link-returns.js';
import { FlanksLinks } from './flanks-links.js';
import { FlanksRepairs } from './flanks-repairs.js';
import { FlanksStatuses } from './flanks-statuses.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;
type Pairs = readonly (readonly [string, string])[];

/** Visits of the hosted Link, for which users come back with a code, an error or nothing at all. */
@Injectable()
export class FlanksLinkFlow extends LinkFlow {
  constructor(
    private readonly config: FlanksConfig,
    private readonly links: FlanksLinks,
    private readonly statuses: FlanksStatuses,
    private readonly returns: FlanksLinkReturns,
    private readonly repairs: FlanksRepairs,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async begin(request: LinkRequest, call: CallContext): Outcome<BegunLink> {
    return operation(call, async (inner) => {
      const link = await this.links.tokenFor(request.callbackUrl, inner);
      if (!link.ok) return link;
      const target = await this.targetOf(request, inner);
      if (!target.ok) return target;
      const query: Pairs = [
        ['token', link.value],
        ...target.value,
        ['external_id', request.user],
        // Without it Flanks shows errors on its own page and the user never comes back.
        ['rollback', 'true'],
        ['state', request.state.reveal('to find the visit again')],
      ];
      const url = new URL(`${this.config.platformUrl}/link`);
      for (const [name, value] of query) url.searchParams.append(name, value);
      const bank = request.institutionId;
      const handle = handleOf({ begunAt: this.clock.now().getTime(), ...(bank !== undefined && { bank }) });
      return ok({ url: new Opened(url.href), expiresAt: null, handle });
    });
  }

  override async complete(
    visit: LinkReturn,
    query: ReadonlyMap<string, string>,
    call: CallContext,
  ): Outcome<LinkOutcome> {
    return operation(call, async (inner) => {
      const code = query.get('code') ?? '';
      if (code !== '') return this.returns.withCode(visit, code, inner);
      const error = query.get('error') ?? '';
      if (error !== '') return this.returns.withError(visit, error, inner);
      return visit.purpose === 'connect' ? this.withoutCode(visit, inner) : this.repairs.outcome(visit, inner);
    });
  }

  override async recover(visit: LinkReturn, call: CallContext): Outcome<LinkOutcome | null> {
    return operation(call, async (inner) => {
      const resumed = await this.returns.resume(visit, inner);
      if (!resumed.ok || resumed.value !== null || visit.purpose === 'connect') return resumed;
      return this.repairs.outcomeIfDone(visit, inner);
    });
  }

  /** Which page to open: the bank's, or the one that repairs a credential. */
  private async targetOf(request: LinkRequest, call: CallContext): Outcome<Pairs> {
    const { purpose, institutionId, credential } = request;
    if (purpose === 'connect') return ok(institutionId === undefined ? [] : [['bank', institutionId]]);
    if (!credential) return fail(flanksFailure('credential.not_found'));
    const force = purpose === 'renew' ? 'sca' : 'reset';
    const credentialsToken = credential.credentialId.reveal('to open its repair page');
    const token = await this.statuses.repairToken(credentialsToken, force, call);
    return token.ok ? ok([[`${force}_token`, token.value.reveal('to open the repair page')]]) : token;
  }

  /** The browser lost the code, or somebody made this address up. Flanks knows. */
  private async withoutCode(visit: LinkReturn, call: CallContext): Outcome<LinkOutcome> {
    const found = await this.returns.resume(visit, call);
    if (!found.ok) return found;
    return found.value ? ok(found.value) : fail(flanksFailure('authorization.invalid_code'));
  }
}
