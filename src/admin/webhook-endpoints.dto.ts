import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';

import { PageQuery } from '../platform/pagination/page.query.js';
import { IsPlainText } from '../platform/validation/texts.js';
import { DISABLED_REASONS, type DisabledReason, type WebhookEndpoint } from '../webhooks/outbound/domain/endpoint.js';
import { OUTGOING_EVENTS, type OutgoingEventType } from '../webhooks/outbound/outbox.js';

const STATUSES = ['enabled', 'disabled'] as const;
const LONGEST_OWNER = 250;
const TIME = { type: String, format: 'date-time', nullable: true };

export class SearchWebhookEndpointsQuery extends PageQuery {
  @ApiProperty({ required: false, format: 'uuid' })
  @IsOptional()
  @IsUUID()
  clientId?: string;

  @ApiProperty({ required: false, example: 'oidc:service-7', description: 'As the audit log names it.' })
  @IsOptional()
  @IsString()
  @Length(1, LONGEST_OWNER)
  @IsPlainText()
  owner?: string;

  @ApiProperty({ required: false, enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES)
  status?: (typeof STATUSES)[number];
}

export class AdminWebhookEndpointResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'client:0199aaaa-0000-7000-8000-000000000001' })
  owner!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'uuid',
    description: 'Null: its owner came with an OIDC token.',
  })
  clientId!: string | null;

  @ApiProperty({ example: 'https://app.example.com', description: 'Of its address, without path and query.' })
  origin!: string;

  @ApiProperty({ enum: OUTGOING_EVENTS, isArray: true, description: 'Empty: all.' })
  events!: OutgoingEventType[];

  @ApiProperty({ type: String, nullable: true, format: 'uuid' })
  userId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  description!: string | null;

  @ApiProperty({
    description: 'Also when on, nothing is sent for a revoked client, or an OIDC owner without an issuer.',
  })
  enabled!: boolean;

  @ApiProperty({ type: String, nullable: true, enum: DISABLED_REASONS })
  disabledReason!: DisabledReason | null;

  @ApiProperty(TIME)
  disabledAt!: string | null;

  @ApiProperty({ ...TIME, description: 'Since when nothing is taken.' })
  failingSince!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

export class AdminWebhookEndpointPageResponse {
  @ApiProperty({ type: [AdminWebhookEndpointResponse] })
  data!: AdminWebhookEndpointResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export function toAdminEndpointResponse(endpoint: WebhookEndpoint): AdminWebhookEndpointResponse {
  const { id, owner, clientId, url, events, userId, description, disabledReason } = endpoint;
  return {
    ...{ id, owner, clientId, origin: new URL(url).origin, events: [...events], userId, description },
    ...{ enabled: disabledReason === null, disabledReason },
    disabledAt: endpoint.disabledAt?.toISOString() ?? null,
    failingSince: endpoint.failingSince?.toISOString() ?? null,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  };
}
