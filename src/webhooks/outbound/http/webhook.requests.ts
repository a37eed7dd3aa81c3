import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  ValidateIf,
} from 'class-validator';

import { PageQuery } from '../../../platform/pagination/page.query.js';
import { IsInstant } from '../../../platform/validation/instants.js';
import { MayBeNull } from '../../../platform/validation/nulls.js';
import { IsPlainText } from '../../../platform/validation/texts.js';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../domain/delivery.js';
import { OUTGOING_EVENTS, type OutgoingEventType } from '../outbox.js';

const LONGEST_URL = 2000;

class EndpointSettings {
  @ApiProperty({ required: false, enum: OUTGOING_EVENTS, isArray: true, description: 'Empty: all, also new ones.' })
  @ValidateIf((_request, value) => value !== undefined)
  @IsArray()
  @ArrayMaxSize(OUTGOING_EVENTS.length)
  @ArrayUnique()
  @IsIn(OUTGOING_EVENTS, { each: true })
  events?: OutgoingEventType[];

  @ApiProperty({
    required: false,
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Only events of this user; null: of all.',
  })
  @MayBeNull()
  @IsUUID()
  userId?: string | null;

  @ApiProperty({ required: false, type: String, nullable: true, maxLength: 200 })
  @MayBeNull()
  @IsString()
  @MaxLength(200)
  @IsPlainText()
  description?: string | null;

  @ApiProperty({ required: false, default: true })
  @ValidateIf((_request, value) => value !== undefined)
  @IsBoolean()
  enabled?: boolean;
}

export class CreateWebhookEndpointRequest extends EndpointSettings {
  @ApiProperty({ example: 'https://app.example.com/hooks/mooring', maxLength: LONGEST_URL })
  @IsString()
  @MaxLength(LONGEST_URL)
  @IsPlainText()
  url!: string;
}

export class UpdateWebhookEndpointRequest extends EndpointSettings {
  @ApiProperty({ required: false, example: 'https://app.example.com/hooks/mooring', maxLength: LONGEST_URL })
  @ValidateIf((_request, value) => value !== undefined)
  @IsString()
  @MaxLength(LONGEST_URL)
  @IsPlainText()
  url?: string;
}

export class ReplayRequest {
  @ApiProperty({ format: 'date-time', description: 'Of the first event.' })
  @IsInstant()
  from!: string;

  @ApiProperty({ required: false, format: 'date-time', description: 'Not included; now when absent.' })
  @IsOptional()
  @IsInstant()
  to?: string;
}

export class ListDeliveriesQuery extends PageQuery {
  @ApiProperty({ required: false, format: 'uuid' })
  @IsOptional()
  @IsUUID()
  endpointId?: string;

  @ApiProperty({ required: false, enum: DELIVERY_STATUSES })
  @IsOptional()
  @IsIn(DELIVERY_STATUSES)
  status?: DeliveryStatus;
}
