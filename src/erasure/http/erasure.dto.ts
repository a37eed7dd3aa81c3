import { ApiProperty } from '@nestjs/swagger';

export const LOCATION = {
  Location: { description: 'The receipt, e.g. `/v1/deletions/0199…`.', schema: { type: 'string' as const } },
};

export class UserDeletionBegunResponse {
  @ApiProperty({ format: 'uuid' })
  receipt!: string;

  @ApiProperty({ enum: ['pending'] })
  status!: 'pending';
}
