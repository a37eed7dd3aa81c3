import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, IsString, Length, Matches } from 'class-validator';

import { PageQuery } from '../../platform/pagination/page.query.js';
import { IsPlainText } from '../../platform/validation/texts.js';
import type { User } from '../user.js';

const SCOPE = /^[a-z][a-z0-9.:-]{0,63}$/;

export class CreateUserRequest {
  @ApiProperty({ example: 'cust-42', maxLength: 200 })
  @IsString()
  @Length(1, 200)
  @IsPlainText()
  externalUserId!: string;

  @ApiProperty({ required: false, example: 'SE', description: 'ISO 3166-1 alpha-2.' })
  @IsOptional()
  @Matches(/^[A-Z]{2}$/, { message: 'market must be two capital letters, e.g. SE' })
  market?: string;

  @ApiProperty({ required: false, example: 'sv_SE' })
  @IsOptional()
  @Matches(/^[a-z]{2}_[A-Z]{2}$/, { message: 'locale must look like sv_SE' })
  locale?: string;
}

export class ListUsersQuery extends PageQuery {
  @ApiProperty({ required: false })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @IsPlainText()
  externalUserId?: string;
}

export class AuthorizationGrantRequest {
  @ApiProperty({ example: 'tink' })
  @IsString()
  @Length(1, 32)
  provider!: string;

  @ApiProperty({ type: [String], example: ['accounts:read', 'transactions:read'] })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @Matches(SCOPE, { each: true, message: "each scope must be one of the provider's scopes" })
  scope!: string[];
}

export class AccessTokenRequest {
  @ApiProperty({ example: 'tink' })
  @IsString()
  @Length(1, 32)
  provider!: string;

  @ApiProperty({ description: 'The code of an authorization grant. It works once.' })
  @IsString()
  @Length(1, 2000)
  code!: string;
}

export class UserResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'cust-42' })
  externalUserId!: string;

  @ApiProperty({ type: String, nullable: true, example: 'SE' })
  market!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'sv_SE' })
  locale!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

export class UserPageResponse {
  @ApiProperty({ type: [UserResponse] })
  data!: UserResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export class AuthorizationGrantResponse {
  @ApiProperty({ description: 'Single use, short-lived. A secret.' })
  code!: string;
}

export class AccessTokenResponse {
  @ApiProperty({ description: 'A secret.' })
  accessToken!: string;

  @ApiProperty({ example: 7200, description: 'Seconds.' })
  expiresIn!: number;

  @ApiProperty({ type: [String] })
  scope!: string[];
}

export function toUserResponse({ id, externalUserId, market, locale, createdAt }: User): UserResponse {
  return { id, externalUserId, market, locale, createdAt: createdAt.toISOString() };
}
