import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Length, Matches } from 'class-validator';

import type { Capabilities, Limits } from '../../credentials/capabilities.js';
import type { Field } from '../../credentials/field.js';
import type { Institution } from '../../credentials/institution-directory.js';
import { PageQuery } from '../../platform/pagination/page.query.js';

const ANY_OBJECT = { type: 'object' as const, additionalProperties: true };

export class ProviderResponse {
  @ApiProperty({ example: 'tink' })
  id!: string;

  @ApiProperty({ example: 'Tink' })
  name!: string;

  @ApiProperty(ANY_OBJECT)
  capabilities!: Omit<Capabilities, 'limits'> & { limits: Limits };

  @ApiProperty({
    type: 'object',
    required: ['circuit'],
    properties: { circuit: { type: 'string', enum: ['closed', 'open', 'half_open'] } },
    description: '`open`: the provider failed so often that calls are held back for a while.',
  } as never)
  health!: { circuit: string };
}

export class ProviderListResponse {
  @ApiProperty({ type: [ProviderResponse] })
  data!: ProviderResponse[];

  @ApiProperty({ type: String, nullable: true, example: null })
  nextCursor!: null;
}

export class InstitutionsQuery extends PageQuery {
  @ApiProperty({ required: false, example: 'SE' })
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'market must be two capital letters, e.g. SE' })
  market?: string;

  @ApiProperty({ required: false, example: 'demo' })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  query?: string;

  @ApiProperty({ required: false, example: 'sv_SE', description: 'Of the texts, where the provider has them.' })
  @IsOptional()
  @Matches(/^[a-z]{2}_[A-Z]{2}$/, { message: 'locale must look like sv_SE' })
  locale?: string;
}

export class InstitutionResponse {
  @ApiProperty({ example: 'se-demobank-password' })
  id!: string;

  @ApiProperty({ example: 'Demo Bank' })
  name!: string;

  @ApiProperty({ example: 'SE' })
  market!: string;

  @ApiProperty({ enum: ['enabled', 'temporarily_disabled', 'disabled'] })
  status!: Institution['status'];

  @ApiProperty({ type: [String], enum: ['direct', 'link'] })
  connect!: ('direct' | 'link')[];

  @ApiProperty({ type: 'array', items: ANY_OBJECT, description: 'What a direct connection asks for.' })
  fields!: Field[];

  @ApiProperty({ required: false })
  logoUrl?: string;
}

export class InstitutionPageResponse {
  @ApiProperty({ type: [InstitutionResponse] })
  data!: InstitutionResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export function toInstitutionResponse(institution: Institution): InstitutionResponse {
  const { id, name, market, status, connect, fields, logoUrl } = institution;
  const logo = logoUrl === undefined ? {} : { logoUrl };
  return { id, name, market, status, connect: [...connect], fields: [...fields], ...logo };
}
