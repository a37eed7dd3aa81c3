import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';

const LIMIT = { type: Number, nullable: true, description: '`null` = no limit over all processes.', example: 20 };

export class ProviderLimitsResponse {
  @ApiProperty(LIMIT)
  requestsPerSecond!: number | null;

  @ApiProperty(LIMIT)
  concurrency!: number | null;
}

export class ProviderUsageResponse {
  @ApiProperty({ description: 'Calls that this process makes now.', example: 3 })
  callsHere!: number;

  @ApiProperty({ description: 'Places that all processes hold now; 0 without a limit.', example: 8 })
  places!: number;

  @ApiProperty({ description: 'Unattended refreshes of the last 24 hours, up to 100,000 of all providers together.' })
  unattendedRefreshesToday!: number;
}

export class ProviderLatencyResponse {
  @ApiProperty({ description: 'Requests of this process in the last five minutes.', example: 412 })
  calls!: number;

  @ApiProperty({ type: Number, nullable: true, description: 'Milliseconds, at most a quarter too high.', example: 180 })
  p50Ms!: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 740 })
  p95Ms!: number | null;
}

export class AdminProviderResponse {
  @ApiProperty({ example: 'tink' })
  id!: string;

  @ApiProperty({ example: 'Tink' })
  name!: string;

  @ApiProperty({ description: 'False = this installation has connections of it, but no settings.' })
  configured!: boolean;

  @ApiProperty({ description: 'False = an operator switched it off.' })
  enabled!: boolean;

  @ApiProperty({ enum: ['closed', 'open', 'half_open'], description: 'Of this process.' })
  circuit!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The provider asked for quiet.' })
  pausedUntil!: string | null;

  @ApiProperty()
  limits!: ProviderLimitsResponse;

  @ApiProperty()
  usage!: ProviderUsageResponse;

  @ApiProperty()
  latency!: ProviderLatencyResponse;
}

export class AdminProviderListResponse {
  @ApiProperty({ type: [AdminProviderResponse] })
  data!: AdminProviderResponse[];

  @ApiProperty({ type: String, nullable: true, example: null })
  nextCursor!: null;
}

export class ChangeProviderRequest {
  @ApiProperty({ description: 'False = no call is sent and nothing is planned. True also ends a pause.' })
  @IsBoolean()
  enabled!: boolean;
}
