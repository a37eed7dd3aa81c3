import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';

import { LINK_PURPOSES, type LinkPurpose } from '../../credentials/link-purpose.js';
import { CAUSES, type Cause } from '../../credentials/observation.js';
import { IsPlainText, IsReturnUrl } from '../../platform/validation/texts.js';
import { LINK_STATUSES, type LinkSession, type LinkStatus } from '../link-session.js';

export class CreateLinkSessionRequest {
  @ApiProperty({ format: 'uuid' })
  @IsUUID()
  userId!: string;

  @ApiProperty({ example: 'flanks' })
  @IsString()
  @Length(1, 32)
  provider!: string;

  @ApiProperty({ enum: LINK_PURPOSES })
  @IsIn(LINK_PURPOSES)
  purpose!: LinkPurpose;

  @ApiProperty({ required: false, description: 'Preselects the bank.' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @IsPlainText()
  institutionId?: string;

  @ApiProperty({
    required: false,
    format: 'uuid',
    description:
      'The connection to repair, for renew and update_login. For connect: the one that the visit gives a new credential, here or at another provider.',
  })
  @IsOptional()
  @IsUUID()
  connectionId?: string;

  @ApiProperty({ example: 'https://app.example.com/bank-connected', description: 'Where the browser goes in the end.' })
  @IsReturnUrl()
  redirectUrl!: string;

  @ApiProperty({ required: false, example: 'es_ES' })
  @IsOptional()
  @Matches(/^[a-z]{2}_[A-Z]{2}$/, { message: 'locale must look like es_ES' })
  locale?: string;

  @ApiProperty({ required: false, maxLength: 64 })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  @IsPlainText()
  reference?: string;
}

export class LinkSessionResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  userId!: string;

  @ApiProperty({ example: 'flanks' })
  provider!: string;

  @ApiProperty({ type: String, nullable: true })
  institutionId!: string | null;

  @ApiProperty({ enum: LINK_PURPOSES })
  purpose!: LinkPurpose;

  @ApiProperty({ enum: LINK_STATUSES })
  status!: LinkStatus;

  @ApiProperty({ type: String, nullable: true, format: 'uuid', description: 'The connection repaired or made.' })
  connectionId!: string | null;

  @ApiProperty({ type: String, nullable: true, enum: CAUSES, description: 'Why the visit failed.' })
  cause!: Cause | null;

  @ApiProperty({ type: String, nullable: true, description: 'The problem code of a refusal.' })
  problem!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  completedAt!: string | null;
}

export class CreatedLinkSessionResponse extends LinkSessionResponse {
  @ApiProperty({ description: "Send the user's browser here. A secret; shown only in this answer." })
  url!: string;
}

export function toLinkSessionResponse(session: LinkSession): LinkSessionResponse {
  return members(session);
}

export function toCreatedLinkSessionResponse(session: LinkSession, url: string): CreatedLinkSessionResponse {
  return { ...members(session), url };
}

function members(session: LinkSession) {
  const { id, userId, provider, institutionId, purpose, status, connectionId, cause, problem } = session;
  return {
    ...{ id, userId, provider, institutionId, purpose, status, connectionId, cause, problem },
    createdAt: session.createdAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    completedAt: session.completedAt?.toISOString() ?? null,
  };
}
