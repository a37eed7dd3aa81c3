import { ApiProperty } from '@nestjs/swagger';
import { IsUUID } from 'class-validator';

export class PurgeUserRequest {
  @ApiProperty({ format: 'uuid', description: 'The id of the user once more.' })
  @IsUUID()
  confirm!: string;
}

export class PurgeUserResponse {
  @ApiProperty({ format: 'uuid', description: 'GET /v1/deletions/{receiptId} shows what was deleted.' })
  receiptId!: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'failed:provider.unavailable',
    description: 'All providers in one word, those of the connections too.',
  })
  upstream!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { tink: 'failed:provider.unavailable' },
    description: 'What each provider that knew the user said to its deletion.',
  })
  providerUsers!: Record<string, string>;
}
