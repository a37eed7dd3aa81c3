import { ApiProperty } from '@nestjs/swagger';

export class KeyResponse {
  @ApiProperty({ example: 'k2' })
  id!: string;

  @ApiProperty({ description: 'New values are sealed with it.' })
  current!: boolean;

  @ApiProperty({ description: 'This process has it. One that is in use and not configured stops the next start.' })
  configured!: boolean;

  @ApiProperty({ description: 'Some value may still need it.' })
  inUse!: boolean;

  @ApiProperty({ description: 'Values among the first 10,000 of each column.', example: 4_120 })
  values!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  firstUsedAt!: string | null;
}

export class RotationResponse {
  @ApiProperty({ enum: ['none', 'running', 'finished'] })
  state!: 'none' | 'running' | 'finished';

  @ApiProperty({ type: String, nullable: true, description: 'The key that values are brought to.', example: 'k2' })
  keyId!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  startedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finishedAt!: string | null;

  @ApiProperty({ example: 4_120 })
  resealed!: number;

  @ApiProperty({ description: 'Values that no configured key opens. While there are any, no key is retired.' })
  unreadable!: number;

  @ApiProperty({ example: 13 })
  tables!: number;

  @ApiProperty({ example: 12 })
  tablesDone!: number;
}

export class KeysResponse {
  @ApiProperty({ type: [KeyResponse] })
  data!: KeyResponse[];

  @ApiProperty()
  rotation!: RotationResponse;
}
