import { Logger } from '@nestjs/common';

/** Says nothing of a certain queue, so that anything that works ends it. */
const ANY = 'pg-boss';

/** Tells of an outage once, however many loops feel it and however long it lasts. */
export class Outage {
  private readonly log = new Logger('Queue');
  private readonly feeling = new Set<string>();

  failed(source: string | null, error: unknown): void {
    if (this.feeling.size === 0) this.log.error({ source, err: error }, 'the queue does not work; it is tried again');
    this.feeling.add(source ?? ANY);
  }

  worked(source: string | null): void {
    if (this.feeling.size === 0) return;
    if (source !== null) this.feeling.delete(source);
    this.feeling.delete(ANY);
    if (this.feeling.size === 0) this.log.log('the queue works again');
  }
}
