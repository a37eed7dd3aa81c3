import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';

import { actorOf, type Caller } from '../access/caller.js';
import { CurrentCaller } from '../access/current-caller.decorator.js';
import { RequireScope } from '../access/require-scope.decorator.js';
import { AuditLog } from '../audit/audit-log.js';
import { KeyRing } from '../platform/crypto/key-ring.js';
import { KeyRotation } from '../platform/crypto/rotation/key-rotation.js';
import { RotationRepository, type TableProgress } from '../platform/crypto/rotation/rotation.repository.js';
import { KeysResponse, type RotationResponse } from './keys.dto.js';

@ApiTags('admin')
@Controller('admin/keys')
export class KeysController {
  constructor(
    private readonly keys: KeyRing,
    private readonly rotation: KeyRotation,
    private readonly rows: RotationRepository,
    private readonly database: DataSource,
    private readonly audit: AuditLog,
  ) {}

  @Get()
  @RequireScope('admin')
  @ApiOperation({ summary: 'The encryption keys in use, and how far a rotation is' })
  @ApiResponse({ status: 200, type: KeysResponse })
  async list(): Promise<KeysResponse> {
    const [inUse, uses, progress] = await Promise.all([this.rows.keysInUse(), this.rows.uses(), this.rows.progress()]);
    const ids = new Set([...this.keys.ids, ...inUse.map(({ id }) => id), ...uses.map(({ id }) => id)]);
    const data = [...ids].map((id) => ({
      id,
      current: id === this.keys.current.id,
      configured: this.keys.find(id) !== undefined,
      inUse: inUse.some((key) => key.id === id),
      values: uses.find((use) => use.id === id)?.values ?? 0,
      firstUsedAt: inUse.find((key) => key.id === id)?.firstUsedAt.toISOString() ?? null,
    }));
    return { data, rotation: toRotation(progress) };
  }

  @Post('rotate')
  @RequireScope('admin')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Seal every value with the current key',
    description: 'In the background. Asking again while it runs changes nothing; what stopped goes on.',
  })
  @ApiResponse({ status: 202, type: KeysResponse })
  async rotate(@CurrentCaller() caller: Caller): Promise<KeysResponse> {
    await this.database.transaction(async (manager) => {
      await this.rotation.begin(manager);
      const subject = `key:${this.keys.current.id}`;
      await this.audit.record({ actor: actorOf(caller), action: 'keys.rotation_requested', subject }, manager);
    });
    return this.list();
  }
}

function toRotation(progress: readonly TableProgress[]): RotationResponse {
  const done = progress.filter(({ finishedAt }) => finishedAt !== null);
  const finished = progress.length > 0 && done.length === progress.length;
  const last = Math.max(...done.map(({ finishedAt }) => finishedAt?.getTime() ?? 0));
  return {
    state: progress.length === 0 ? 'none' : finished ? 'finished' : 'running',
    keyId: progress[0]?.keyId ?? null,
    startedAt: progress[0]?.startedAt.toISOString() ?? null,
    finishedAt: finished ? new Date(last).toISOString() : null,
    resealed: progress.reduce((sum, { resealed }) => sum + resealed, 0),
    unreadable: progress.reduce((sum, { unreadable }) => sum + unreadable, 0),
    tables: progress.length,
    tablesDone: done.length,
  };
}
