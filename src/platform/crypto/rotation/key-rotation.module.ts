import { Module } from '@nestjs/common';

import { KeyRotation } from './key-rotation.js';
import { ResealTable } from './reseal-table.js';
import { RotationRepository } from './rotation.repository.js';

@Module({
  providers: [RotationRepository, ResealTable, KeyRotation],
  exports: [KeyRotation, RotationRepository],
})
export class KeyRotationModule {}
