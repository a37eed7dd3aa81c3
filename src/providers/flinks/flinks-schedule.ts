import { Injectable } from '@nestjs/common';

import type { CallContext } from '../../credentials/call-context.js';
import type { ProviderFailure } from '../../credentials/failure.js';
import type { Result } from '../../credentials/result.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import type { Shape } from '../../platform/http/json-shape.js';
import { pathSegment } from '../../platform/http/outgoing-request.js';
import { FlinksClient, objectBody } from './flinks.client.js';
import { parseFlinksTime } from './flinks-time.js';

type Outcome<T> = Promise<Result<T, ProviderFailure>>;

/** A card that the next nightly refresh will leave out. */
export interface IneligibleCard {
  readonly loginId: string;
  readonly lastRefresh: Date | null;
  /** Flinks' word, e.g. `AnsweringSecurityChallenge`. */
  readonly state: string | null;
  readonly errorCode: string | null;
}

/**
 * Flinks' own nightly refresh, and the stored answers that let it pass security questions. Flinks advises against it
 * for most banks, so no login is scheduled unless somebody asks.
 */
@Injectable()
export class FlinksSchedule {
  constructor(private readonly client: FlinksClient) {}

  /** @returns what Flinks has scheduled now. */
  async setScheduledRefresh(
    loginId: string,
    active: boolean,
    call: CallContext,
  ): Outcome<{ readonly active: boolean }> {
    return this.client.fetch(
      {
        ...{ operation: '/SetScheduledRefresh', method: 'PATCH', path: '/SetScheduledRefresh' },
        json: { LoginId: loginId, IsActivated: active },
        auth: { kind: 'api_key' },
        ...{ retry: 'safe', changes: true },
      },
      readScheduled,
      call,
    );
  }

  async nightlyRefreshStatus(call: CallContext): Outcome<readonly IneligibleCard[]> {
    return this.client.fetch(
      {
        ...{ operation: '/GetNightlyRefreshStatus', method: 'GET', path: '/GetNightlyRefreshStatus' },
        auth: { kind: 'secret_key', as: 'bearer' },
        ...{ retry: 'safe', changes: false },
      },
      objectBody((body) => body.usableItems('IneligibleCards', readIneligible)),
      call,
    );
  }

  /** The questions that Flinks has met for a login. */
  async mfaQuestions(loginId: string, call: CallContext): Outcome<readonly string[]> {
    return this.client.fetch(
      {
        ...{ operation: '/GetMFAQuestions/{loginId}', method: 'GET' },
        path: `/GetMFAQuestions/${pathSegment(loginId)}`,
        auth: { kind: 'api_key' },
        ...{ retry: 'safe', changes: false },
      },
      objectBody((body) => body.optionalList('Questions', (each) => each.text('Question'))),
      call,
    );
  }

  /** @param answers by question, the letters as Flinks wrote them. */
  async answerMfaQuestions(
    loginId: string,
    answers: ReadonlyMap<string, SecretValue>,
    call: CallContext,
  ): Outcome<{ readonly stored: number }> {
    const questions = [...answers].map(([question, answer]) => ({
      Question: question,
      Answer: answer.reveal('to store it at Flinks'),
    }));
    return this.client.fetch(
      {
        ...{ operation: '/AnswerMFAQuestions', method: 'PATCH', path: '/AnswerMFAQuestions' },
        json: { LoginId: loginId, Questions: questions },
        auth: { kind: 'api_key' },
        ...{ retry: 'safe', changes: true },
      },
      objectBody(() => ({ stored: questions.length })),
      call,
    );
  }
}

/** The body is a bare JSON string, e.g. `LoginId … deactivated for automatic refresh`. */
function readScheduled(body: unknown): { readonly active: boolean } | undefined {
  if (typeof body !== 'string') return undefined;
  const word = /\b(de)?activated\b/i.exec(body)?.[0].toLowerCase();
  return word === undefined ? undefined : { active: word === 'activated' };
}

function readIneligible(body: Shape): IneligibleCard {
  return {
    loginId: body.text('LoginId'),
    lastRefresh: parseFlinksTime(body.optionalText('LastRefreshDate')),
    state: body.optionalText('LastRefreshState'),
    errorCode: body.optionalText('LastRefreshErrorCode'),
  };
}
