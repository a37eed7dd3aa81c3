import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsUrl, MaxLength } from 'class-validator';

import type { Registration } from '../registration.js';

export class RegisterWebhooksRequest {
  @ApiProperty({
    required: false,
    example: 'https://mooring.example.com/webhooks/tink',
    description: 'Where the vendor sends to. Default: MOORING_PUBLIC_URL/webhooks/<provider>.',
  })
  @IsOptional()
  @MaxLength(500)
  @IsUrl(
    { protocols: ['https', 'http'], require_protocol: true, require_tld: false, disallow_auth: true },
    { message: 'url must be an http or https address' },
  )
  url?: string;
}

export class RegistrationResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'tink' })
  provider!: string;

  @ApiProperty({ example: 'https://mooring.example.com/webhooks/tink' })
  url!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

export class RegistrationPageResponse {
  @ApiProperty({ type: [RegistrationResponse] })
  data!: RegistrationResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export function toRegistrationResponse({ id, provider, url, createdAt }: Registration): RegistrationResponse {
  return { id, provider, url, createdAt: createdAt.toISOString() };
}
