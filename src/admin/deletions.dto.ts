import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Length } from 'class-validator';

import { PROBLEMS, type BrokenLink, type Verification } from '../connections/deletion-verification.js';

export class VerifyQuery {
  @ApiProperty({ required: false, description: 'The `nextCursor` of the page before.' })
  @IsOptional()
  @IsString()
  @Length(1, 200)
  cursor?: string;
}

export class BrokenLinkResponse implements BrokenLink {
  @ApiProperty({ description: 'Its place in the chain.' })
  seq!: number;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  receiptId!: string | null;

  @ApiProperty({
    enum: PROBLEMS,
    description: '`beyond_head`: the receipt is there, and the head of the chain was set back or is gone.',
  })
  problem!: BrokenLink['problem'];
}

export class ChainHeadResponse {
  @ApiProperty({ example: 41 })
  seq!: number;

  @ApiProperty()
  hash!: string;
}

export class VerificationResponse implements Verification {
  @ApiProperty({ description: 'Whether this page is in order.' })
  intact!: boolean;

  @ApiProperty({ example: 41 })
  checked!: number;

  @ApiProperty({ type: [BrokenLinkResponse] })
  broken!: readonly BrokenLink[];

  @ApiProperty({ type: ChainHeadResponse })
  head!: ChainHeadResponse;

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}
