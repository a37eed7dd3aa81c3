import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';

import { USER_TOKEN_SCOPES, type UserTokenScope } from '../../access/scope.js';

export class UserTokenRequest {
  @ApiProperty({ enum: USER_TOKEN_SCOPES, isArray: true, description: 'Scopes that you have yourself.' })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(USER_TOKEN_SCOPES.length)
  @ArrayUnique()
  @IsIn(USER_TOKEN_SCOPES, { each: true })
  scope!: UserTokenScope[];

  @ApiProperty({ required: false, default: 900, minimum: 1, maximum: 3600, description: 'Seconds.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3600)
  ttl?: number;
}

export class UserTokenResponse {
  @ApiProperty({ description: 'A secret.' })
  token!: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;

  @ApiProperty({ enum: USER_TOKEN_SCOPES, isArray: true })
  scope!: UserTokenScope[];
}
