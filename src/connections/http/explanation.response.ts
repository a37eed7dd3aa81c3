import { ApiProperty } from '@nestjs/swagger';

import { TRIGGERS, type Trigger } from '../domain/connection-event.js';
import { UPCOMING, type Explanation } from '../domain/explain.js';
import type { ExplainedAttempt } from '../domain/explained-facts.js';
import { toActionResponse } from './connection-response.mapper.js';
import { NextActionResponse } from './connection.response.js';
import { EventResponse, toEventResponse } from './event.response.js';

const TIME = { type: String, nullable: true, format: 'date-time' } as const;

export class UpcomingResponse {
  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ enum: UPCOMING })
  what!: string;

  @ApiProperty({ enum: ['mooring', 'user', 'time'], description: 'Who does it; `time` = nobody, it comes by itself.' })
  by!: string;
}

export class ExplainedConsentResponse {
  @ApiProperty({ example: 'The consent is valid until 2027-02-18T10:00:00.000Z.' })
  text!: string;

  @ApiProperty({ enum: ['none', 'valid', 'expiring', 'expired'] })
  status!: string;

  @ApiProperty(TIME)
  expiresAt!: string | null;
}

export class ExplainedDataResponse {
  @ApiProperty({ example: 'The data is of 2026-11-20T09:59:58.000Z.' })
  text!: string;

  @ApiProperty({ enum: ['never', 'fresh', 'stale'] })
  status!: string;

  @ApiProperty(TIME)
  asOf!: string | null;
}

export class ExplainedSyncResponse {
  @ApiProperty({ example: 'The next sync is planned for 2026-11-21T03:12:00.000Z.' })
  text!: string;

  @ApiProperty(TIME)
  pausedSince!: string | null;

  @ApiProperty(TIME)
  nextSyncAt!: string | null;

  @ApiProperty(TIME)
  nextWatchAt!: string | null;

  @ApiProperty(TIME)
  retryAt!: string | null;

  @ApiProperty()
  failuresInARow!: number;
}

export class ExplainedQuotaResponse {
  @ApiProperty({ example: 'Of 4 refreshes without the user in 24 hours, 3 are left.' })
  text!: string;

  @ApiProperty()
  unattendedPerDay!: number;

  @ApiProperty()
  unattendedSpent!: number;

  @ApiProperty()
  unattendedLeft!: number;

  @ApiProperty()
  attendedSpent!: number;
}

export class ExplainedLoginResponse {
  @ApiProperty({ example: 'The bank has not refused the login since it last worked.' })
  text!: string;

  @ApiProperty()
  wrongLogins!: number;

  @ApiProperty({ description: 'The login was refused so often that it is not sent again.' })
  guarded!: boolean;
}

export class ExplainedAttemptResponse {
  @ApiProperty()
  text!: string;

  @ApiProperty({ format: 'date-time' })
  startedAt!: string;

  @ApiProperty(TIME)
  finishedAt!: string | null;

  @ApiProperty({ enum: TRIGGERS })
  trigger!: Trigger;

  @ApiProperty({ description: 'With the user there.' })
  attended!: boolean;

  @ApiProperty({ example: 'scheduled' })
  reason!: string;

  @ApiProperty({ type: String, nullable: true, example: 'accepted' })
  outcome!: string | null;

  @ApiProperty({ description: 'It counts against the quota.' })
  spent!: boolean;
}

export class StoryLineResponse {
  @ApiProperty()
  text!: string;

  @ApiProperty()
  event!: EventResponse;
}

export class ExplanationResponse {
  @ApiProperty({ example: 'The connection is active since 2026-11-20T10:00:00.000Z; the provider calls it UPDATED.' })
  summary!: string;

  @ApiProperty({ description: 'Without addresses and fields; read the connection for them.' })
  nextAction!: NextActionResponse;

  @ApiProperty(TIME)
  mooringLooksAgainAt!: string | null;

  @ApiProperty({ type: [UpcomingResponse] })
  upcoming!: UpcomingResponse[];

  @ApiProperty()
  consent!: ExplainedConsentResponse;

  @ApiProperty()
  data!: ExplainedDataResponse;

  @ApiProperty()
  sync!: ExplainedSyncResponse;

  @ApiProperty()
  quota!: ExplainedQuotaResponse;

  @ApiProperty()
  login!: ExplainedLoginResponse;

  @ApiProperty({ type: [ExplainedAttemptResponse] })
  attempts!: ExplainedAttemptResponse[];

  @ApiProperty({ type: [StoryLineResponse] })
  story!: StoryLineResponse[];
}

export function toExplanationResponse(explanation: Explanation): ExplanationResponse {
  const { summary, consent, data, sync, quota, login } = explanation;
  return {
    summary,
    nextAction: toActionResponse(explanation.nextAction),
    mooringLooksAgainAt: iso(explanation.mooringLooksAgainAt),
    upcoming: explanation.upcoming.map(({ at, what, by }) => ({ at: at.toISOString(), what, by })),
    consent: { text: consent.text, status: consent.status, expiresAt: iso(consent.expiresAt) },
    data: { text: data.text, status: data.status, asOf: iso(data.asOf) },
    sync: {
      ...sync,
      pausedSince: iso(sync.pausedSince),
      nextSyncAt: iso(sync.nextSyncAt),
      nextWatchAt: iso(sync.nextWatchAt),
      retryAt: iso(sync.retryAt),
    },
    quota: { ...quota },
    login: { ...login },
    attempts: explanation.attempts.map(toAttempt),
    story: explanation.story.map(({ text, event }) => ({ text, event: toEventResponse(event) })),
  };
}

function toAttempt(attempt: ExplainedAttempt & { readonly text: string }): ExplainedAttemptResponse {
  const { text, startedAt, finishedAt, trigger, attended, reason, outcome, spent } = attempt;
  return {
    ...{ text, trigger, attended, reason, outcome, spent },
    startedAt: startedAt.toISOString(),
    finishedAt: iso(finishedAt),
  };
}

function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
