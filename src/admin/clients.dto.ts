import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsString, Length, Matches } from 'class-validator';

import type { Client } from '../access/client.js';
import { SCOPES, type Scope } from '../access/scope.js';

const ID = '0199aaaa-0000-7000-8000-000000000001';

export class CreateClientRequest {
  @ApiProperty({ example: 'loan-office', minLength: 1, maxLength: 100 })
  @IsString()
  @Length(1, 100)
  @Matches(/^[^\p{Cc}]*[^\p{Cc}\s][^\p{Cc}]*$/u, { message: 'name must be readable text' })
  name!: string;

  @ApiProperty({ enum: SCOPES, isArray: true, example: ['credentials:read', 'users:read'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(SCOPES.length)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true, message: `each scope must be one of ${SCOPES.join(', ')}` })
  scopes!: Scope[];
}

export class ClientResponse {
  @ApiProperty({ format: 'uuid', example: ID })
  id!: string;

  @ApiProperty({ example: 'loan-office' })
  name!: string;

  @ApiProperty({ enum: SCOPES, isArray: true, example: ['credentials:read', 'users:read'] })
  scopes!: readonly Scope[];

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  revokedAt!: string | null;
}

export class CreatedClientResponse {
  @ApiProperty({ format: 'uuid', example: ID })
  id!: string;

  @ApiProperty({ example: 'loan-office' })
  name!: string;

  @ApiProperty({ enum: SCOPES, isArray: true, example: ['credentials:read', 'users:read'] })
  scopes!: readonly Scope[];

  @ApiProperty({ description: 'The key. Shown only here.', example: 'mk_<keyId>_<secret>' })
  key!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

export class ClientPageResponse {
  @ApiProperty({ type: [ClientResponse] })
  data!: ClientResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export function toClientResponse({ id, name, scopes, createdAt, revokedAt }: Client): ClientResponse {
  return { id, name, scopes, createdAt: createdAt.toISOString(), revokedAt: revokedAt?.toISOString() ?? null };
}
