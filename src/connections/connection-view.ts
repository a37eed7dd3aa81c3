import { Injectable } from '@nestjs/common';

import type { Field, FieldOption } from '../credentials/field.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import type { ActionBody, ClockBodies, ConnectionBody, FieldBody } from './connection-body.js';
import { consentStatus, dataStatus } from './domain/clocks.js';
import type { Connection } from './domain/connection.js';
import { nextAction, type NextAction } from './domain/next-action.js';

/**
 * What a connection shows of itself, to callers and to receivers of events: an allow-list. A member that is not named
 * here never leaves the house.
 */
@Injectable()
export class ConnectionView {
  constructor(
    private readonly providers: ProviderAccess,
    private readonly clock: Clock,
  ) {}

  of(connection: Connection): ConnectionBody {
    const now = this.clock.now();
    const capabilities = this.providers.capabilities(connection.provider);
    return {
      id: connection.id,
      userId: connection.userId,
      externalUserId: connection.externalUserId,
      provider: connection.provider,
      institutionId: connection.institutionId,
      institutionName: connection.institutionName,
      reference: connection.reference,
      state: {
        value: connection.state,
        since: connection.stateSince.toISOString(),
        cause: connection.cause,
        providerStatus: connection.providerStatus,
      },
      nextAction: actionBody(nextAction(connection, capabilities, now)),
      ...clocksOf(connection, now),
      capabilities: {
        refresh: capabilities.refresh,
        authenticate: capabilities.authenticate,
        supplementalInformation: capabilities.supplementalInformation,
        qr: capabilities.qr,
        connect: [...capabilities.connect],
      },
      createdAt: connection.createdAt.toISOString(),
      updatedAt: connection.updatedAt.toISOString(),
    };
  }

  /** What must happen next with it, as of now. */
  action(connection: Connection): NextAction {
    return nextAction(connection, this.providers.capabilities(connection.provider), this.clock.now());
  }
}

function clocksOf(connection: Connection, now: Date): ClockBodies {
  return {
    consent: {
      status: consentStatus(connection, now),
      expiresAt: iso(connection.consentExpiresAt),
      renewableFrom: iso(connection.consentRenewableFrom),
    },
    data: {
      status: dataStatus(connection, now),
      asOf: iso(connection.dataAsOf),
      degradedGroups: [...connection.degradedGroups],
    },
    sync: {
      paused: connection.syncPausedAt !== null,
      nextAt: iso(connection.nextSyncAt),
      lastAttemptAt: iso(connection.lastAttemptAt),
      lastSuccessAt: iso(connection.lastSuccessAt),
    },
  };
}

export function actionBody(action: NextAction): ActionBody {
  const { kind, by, message, deadline, retryAt, fields, url, qr, linkSession } = action;
  return {
    kind,
    by,
    message,
    ...(deadline === undefined ? {} : { deadline: deadline.toISOString() }),
    ...(retryAt === undefined ? {} : { retryAt: retryAt.toISOString() }),
    ...(fields === undefined ? {} : { fields: fields.map(fieldBody) }),
    ...(url === undefined ? {} : { url }),
    ...(qr === undefined ? {} : { qr }),
    ...(linkSession === undefined ? {} : { linkSession: { purpose: linkSession.purpose } }),
  };
}

const WHERE_GIVEN = [
  'minLength',
  'maxLength',
  'pattern',
  'patternError',
  'hint',
  'helpText',
  'value',
] as const satisfies readonly (keyof Field)[];

export function fieldBody(field: Field): FieldBody {
  const { name, label, type, required, masked, options } = field;
  const shown = { name, label, type, required, masked, ...given(field, WHERE_GIVEN) };
  return { ...shown, ...(options === undefined ? {} : { options: options.map(toOption) }) };
}

function toOption({ value, label, image }: FieldOption): FieldOption {
  return { value, label, ...(image === undefined ? {} : { image }) };
}

function given<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const present = keys.filter((key) => from[key] !== undefined);
  return Object.fromEntries(present.map((key) => [key, from[key]])) as Pick<T, K>;
}

function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
