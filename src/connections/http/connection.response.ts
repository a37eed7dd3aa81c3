import { ApiProperty } from '@nestjs/swagger';

import type { FieldOption } from '../../credentials/field.js';
import { FIELD_TYPES, type FieldType } from '../../credentials/field.js';
import { LINK_PURPOSES, type LinkPurpose } from '../../credentials/link-purpose.js';
import { CAUSES, type Cause } from '../../credentials/observation.js';
import { CONNECTION_STATES, type ConnectionState } from '../domain/connection-state.js';
import { ACTION_KINDS, type ActionKind, type Actor } from '../domain/next-action.js';

export class StateResponse {
  @ApiProperty({ enum: CONNECTION_STATES, example: 'awaiting_user' })
  value!: ConnectionState;

  @ApiProperty({ format: 'date-time', example: '2026-11-20T10:00:00.000Z' })
  since!: string;

  @ApiProperty({ enum: CAUSES, example: 'user_interaction' })
  cause!: Cause;

  @ApiProperty({ example: 'AWAITING_SUPPLEMENTAL_INFORMATION', description: "The provider's own word." })
  providerStatus!: string;
}

export class FieldResponse {
  @ApiProperty({ example: 'otpInput' })
  name!: string;

  @ApiProperty({ example: 'One-time code' })
  label!: string;

  @ApiProperty({ enum: FIELD_TYPES, example: 'numeric' })
  type!: FieldType;

  @ApiProperty()
  required!: boolean;

  @ApiProperty()
  masked!: boolean;

  @ApiProperty({ required: false, example: 4 })
  minLength?: number;

  @ApiProperty({ required: false, example: 4 })
  maxLength?: number;

  @ApiProperty({ required: false, example: '^[0-9]{4}$' })
  pattern?: string;

  @ApiProperty({ required: false })
  patternError?: string;

  @ApiProperty({ required: false })
  hint?: string;

  @ApiProperty({ required: false })
  helpText?: string;

  @ApiProperty({ required: false, description: 'What `info` shows, or a value to start from.' })
  value?: string;

  @ApiProperty({
    required: false,
    type: 'array',
    items: {
      type: 'object',
      required: ['value', 'label'],
      properties: { value: { type: 'string' }, label: { type: 'string' }, image: { type: 'string' } },
    },
  })
  options?: FieldOption[];
}

export class LinkSessionHintResponse {
  @ApiProperty({ enum: LINK_PURPOSES })
  purpose!: LinkPurpose;
}

export class NextActionResponse {
  @ApiProperty({ enum: ACTION_KINDS, example: 'submit_information' })
  kind!: ActionKind;

  @ApiProperty({ enum: ['user', 'bank', 'provider', 'operator', 'nobody'], example: 'user' })
  by!: Actor;

  @ApiProperty({ example: 'Give the bank: One-time code.' })
  message!: string;

  @ApiProperty({ required: false, format: 'date-time' })
  deadline?: string;

  @ApiProperty({ required: false, format: 'date-time' })
  retryAt?: string;

  @ApiProperty({ required: false, type: [FieldResponse] })
  fields?: FieldResponse[];

  @ApiProperty({ required: false, description: 'Where to send the user, for follow_redirect, open_app and scan_qr.' })
  url?: string;

  @ApiProperty({ required: false, description: 'Path of the picture, for scan_qr.' })
  qr?: string;

  @ApiProperty({ required: false, description: 'The action needs a hosted visit.' })
  linkSession?: LinkSessionHintResponse;
}

export class ConsentResponse {
  @ApiProperty({ enum: ['none', 'valid', 'expiring', 'expired'] })
  status!: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  expiresAt!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  renewableFrom!: string | null;
}

export class DataResponse {
  @ApiProperty({ enum: ['never', 'fresh', 'stale'] })
  status!: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  asOf!: string | null;

  @ApiProperty({ type: [String] })
  degradedGroups!: string[];
}

export class SyncResponse {
  @ApiProperty()
  paused!: boolean;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  nextAt!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  lastAttemptAt!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  lastSuccessAt!: string | null;
}

export class ConnectionCapabilitiesResponse {
  @ApiProperty({ enum: ['on_demand', 'user_present', 'by_provider'] })
  refresh!: string;

  @ApiProperty()
  authenticate!: boolean;

  @ApiProperty()
  supplementalInformation!: boolean;

  @ApiProperty()
  qr!: boolean;

  @ApiProperty({ type: [String], enum: ['direct', 'link'] })
  connect!: string[];
}

export class ConnectionResponse {
  @ApiProperty({ format: 'uuid', example: '0199aaaa-0000-7000-8000-000000000001' })
  id!: string;

  @ApiProperty({ format: 'uuid', example: '0199aaaa-0000-7000-8000-000000000002' })
  userId!: string;

  @ApiProperty({ example: 'cust-42' })
  externalUserId!: string;

  @ApiProperty({ example: 'tink' })
  provider!: string;

  @ApiProperty({ example: 'se-demobank-password' })
  institutionId!: string;

  @ApiProperty({ example: 'Demo Bank' })
  institutionName!: string;

  @ApiProperty({ type: String, nullable: true, example: 'loan-7781' })
  reference!: string | null;

  @ApiProperty()
  state!: StateResponse;

  @ApiProperty()
  nextAction!: NextActionResponse;

  @ApiProperty()
  consent!: ConsentResponse;

  @ApiProperty()
  data!: DataResponse;

  @ApiProperty()
  sync!: SyncResponse;

  @ApiProperty()
  capabilities!: ConnectionCapabilitiesResponse;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

export class ConnectionPageResponse {
  @ApiProperty({ type: [ConnectionResponse] })
  data!: ConnectionResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}
