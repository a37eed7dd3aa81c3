import { WaitingRoom } from './waiting-room.js';

interface LookoutSetting {
  readonly everyMs: number;
  /** Which queues have jobs that could run now. */
  readonly ready: () => Promise<readonly string[]>;
  readonly wake: (queue: string) => void;
  readonly failed: (error: unknown) => void;
  readonly worked: () => void;
}

/** Looks for jobs that others have sent and for second attempts: one question for all queues, however many there are. */
export class QueueLookout {
  private readonly room = new WaitingRoom();
  private loop: Promise<void> | null = null;
  private stopped = false;

  constructor(private readonly setting: LookoutSetting) {}

  start(): void {
    if (!this.stopped) this.loop ??= this.watch();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.room.call();
    await this.loop;
  }

  private async watch(): Promise<void> {
    for (;;) {
      await this.room.wait(this.setting.everyMs);
      if (this.stopped) return;
      try {
        const queues = await this.setting.ready();
        this.setting.worked();
        for (const queue of queues) this.setting.wake(queue);
      } catch (error) {
        this.setting.failed(error);
      }
    }
  }
}
