import { setTimeout as pause } from 'node:timers/promises';

import { Injectable } from '@nestjs/common';

/** Waits in real time. Tests bind one that moves their clock instead. */
@Injectable()
export class Pause {
  /** Rejects when `signal` aborts. */
  async for(ms: number, signal: AbortSignal): Promise<void> {
    await pause(ms, undefined, { signal });
  }
}
