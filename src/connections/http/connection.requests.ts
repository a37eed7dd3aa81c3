import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
} from 'class-validator';

import { PROVIDER_ID } from '../../credentials/provider-id.js';
import { PageQuery } from '../../platform/pagination/page.query.js';
import { IsQueryFlag } from '../../platform/validation/flags.js';
import { IsPlainText, IsReturnUrl } from '../../platform/validation/texts.js';
import { CONNECTION_STATES, type ConnectionState } from '../domain/connection-state.js';
import { IsAnswers } from './answers.js';

export class ListConnectionsQuery extends PageQuery {
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

  @ApiProperty({
    required: false,
    type: Boolean,
    description: 'Only those that wait for the user, or only the others.',
  })
  @IsOptional()
  @IsQueryFlag()
  needsAction?: boolean;
}

export class CreateConnectionRequest {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  userId!: string;

  @ApiProperty({ example: 'tink' })
  @IsString()
  @Length(1, 32)
  provider!: string;

  @ApiProperty({ example: 'se-demobank-password' })
  @IsString()
  @Length(1, 200)
  @IsPlainText()
  institutionId!: string;

  @IsAnswers({ username: 'u10000001', password: 'abc123' })
  fields!: unknown;

  @ApiProperty({ required: false, maxLength: 64, example: 'loan-7781' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  @IsPlainText()
  reference?: string;

  @ApiProperty({ required: false, description: "Where the bank's page or app sends the user afterwards." })
  @IsOptional()
  @IsReturnUrl()
  redirectUrl?: string;
}

export class ReplaceLoginRequest {
  @IsAnswers({ username: 'u10000001', password: 'new456' })
  fields!: unknown;
}

export class SupplementalInformationRequest {
  @IsAnswers({ otpInput: '1234' })
  fields!: unknown;
}

export class RefreshRequest {
  @ApiProperty({ required: false, default: false, description: 'The user is there and can answer the bank.' })
  @IsOptional()
  @IsBoolean()
  userPresent?: boolean;

  @ApiProperty({ required: false, type: [String], description: "Groups of data, in the provider's words." })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(30)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  items?: string[];

  @ApiProperty({ required: false })
  @IsOptional()
  @IsReturnUrl()
  redirectUrl?: string;
}

export class AuthenticateRequest {
  @ApiProperty({ required: false })
  @IsOptional()
  @IsReturnUrl()
  redirectUrl?: string;
}
