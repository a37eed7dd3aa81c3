import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Length, Matches } from 'class-validator';

import { CONNECTION_STATES, type ConnectionState } from '../connections/domain/connection-state.js';
import { CAUSES, type Cause } from '../credentials/observation.js';
import { PROVIDER_ID } from '../credentials/provider-id.js';
import { PageQuery } from '../platform/pagination/page.query.js';
import { IsQueryFlag } from '../platform/validation/flags.js';
import { IsPlainText } from '../platform/validation/texts.js';

export class SearchConnectionsQuery extends PageQuery {
  @ApiProperty({ required: false, format: 'uuid', description: 'An id of a connection.' })
  @IsOptional()
  @IsUUID()
  q?: string;

  @ApiProperty({ required: false, example: 'tink' })
  @IsOptional()
  @Matches(PROVIDER_ID, { message: 'provider must be a provider name, e.g. tink' })
  provider?: string;

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @IsPlainText()
  institutionId?: string;

  @ApiProperty({ required: false, enum: CONNECTION_STATES })
  @IsOptional()
  @IsIn(CONNECTION_STATES)
  state?: ConnectionState;

  @ApiProperty({ required: false, enum: CAUSES })
  @IsOptional()
  @IsIn(CAUSES)
  cause?: Cause;

  @ApiProperty({ required: false, format: 'uuid' })
  @IsOptional()
  @IsUUID()
  userId?: string;

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @IsPlainText()
  externalUserId?: string;

  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 64)
  @IsPlainText()
  reference?: string;

  @ApiProperty({ required: false, type: Boolean, description: 'Waits for its user.' })
  @IsOptional()
  @IsQueryFlag()
  needsAction?: boolean;

  @ApiProperty({ required: false, type: Boolean })
  @IsOptional()
  @IsQueryFlag()
  paused?: boolean;

  @ApiProperty({ required: false, type: Boolean, description: 'Has data older than 36 hours.' })
  @IsOptional()
  @IsQueryFlag()
  stale?: boolean;
}
