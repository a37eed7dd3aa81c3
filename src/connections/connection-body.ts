import type { FieldOption, FieldType } from '../credentials/field.js';
import type { LinkPurpose } from '../credentials/link-purpose.js';
import type { Cause } from '../credentials/observation.js';
import type { ConsentStatus, DataStatus } from './domain/clocks.js';
import type { ConnectionState } from './domain/connection-state.js';
import type { ActionKind, Actor } from './domain/next-action.js';

/** A connection as it is shown: the REST API documents it, outgoing events carry it. Times are ISO 8601. */
export interface ConnectionBody extends ClockBodies {
  id: string;
  userId: string;
  externalUserId: string;
  provider: string;
  institutionId: string;
  institutionName: string;
  reference: string | null;
  state: { value: ConnectionState; since: string; cause: Cause; providerStatus: string };
  nextAction: ActionBody;
  capabilities: {
    refresh: string;
    authenticate: boolean;
    supplementalInformation: boolean;
    qr: boolean;
    connect: string[];
  };
  createdAt: string;
  updatedAt: string;
}

export interface ClockBodies {
  consent: { status: ConsentStatus; expiresAt: string | null; renewableFrom: string | null };
  data: { status: DataStatus; asOf: string | null; degradedGroups: string[] };
  sync: { paused: boolean; nextAt: string | null; lastAttemptAt: string | null; lastSuccessAt: string | null };
}

export interface ActionBody {
  kind: ActionKind;
  by: Actor;
  message: string;
  deadline?: string;
  retryAt?: string;
  fields?: FieldBody[];
  url?: string;
  qr?: string;
  linkSession?: { purpose: LinkPurpose };
}

export interface FieldBody {
  name: string;
  label: string;
  type: FieldType;
  required: boolean;
  masked: boolean;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  patternError?: string;
  hint?: string;
  helpText?: string;
  value?: string;
  options?: FieldOption[];
}
