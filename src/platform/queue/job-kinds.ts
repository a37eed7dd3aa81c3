import { Injectable, Logger } from '@nestjs/common';
import type { PgBoss, Queue, QueueResult } from 'pg-boss';

import { Boss } from './boss.js';
import { DEAD_LETTERS } from './boss-options.js';
import type { JobKind } from './job-queue.js';

const TWO_WEEKS_S = 14 * 24 * 3_600;
/** Nobody asks for a job that is done, and there are millions. */
const DONE_KEPT_S = 300;
/** Only a kind that nobody declared waits so long, in the transaction that sends the first of its jobs. */
const IN_TRANSACTION_MS = 5_000;

type Settings = Omit<Queue, 'name'>;

/** The queues that the rooms have declared. Each is made before its first job, by whichever process comes first. */
@Injectable()
export class JobKinds {
  private readonly log = new Logger('Queue');
  private readonly declared = new Map<string, JobKind<object>>();
  private readonly made = new Map<string, Promise<void>>();
  private fresh = true;

  constructor(private readonly boss: Boss) {}

  /** For rooms that send without handling. Declared at start, a queue is there before a transaction needs it. */
  declare(kind: JobKind<object>): void {
    this.declared.set(kind.name, kind);
  }

  /** Makes what was declared. Safe in several processes at once. */
  async makeAll(): Promise<void> {
    const boss = await this.boss.ready();
    const existing = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
    await this.settle(boss, DEAD_LETTERS, deadLetterSettings(), existing.get(DEAD_LETTERS));
    for (const kind of this.declared.values()) {
      await this.settle(boss, kind.name, settingsOf(kind), existing.get(kind.name));
      this.made.set(kind.name, Promise.resolve());
    }
    this.fresh = false;
  }

  /** @param inTransaction the caller holds a connection, so that waiting for another one must end. */
  async ensure(kind: JobKind<object>, inTransaction: boolean): Promise<void> {
    let made = this.made.get(kind.name);
    if (!made) {
      made = this.make(kind).catch((error: unknown) => {
        this.made.delete(kind.name);
        throw error;
      });
      this.made.set(kind.name, made);
    }
    await (inTransaction ? within(made, kind.name) : made);
  }

  private async make(kind: JobKind<object>): Promise<void> {
    const boss = await this.boss.ready();
    const queues = await boss.getQueues([kind.name, DEAD_LETTERS]);
    const found = (name: string): QueueResult | undefined => queues.find((queue) => queue.name === name);
    await this.settle(boss, DEAD_LETTERS, deadLetterSettings(), found(DEAD_LETTERS));
    await this.settle(boss, kind.name, settingsOf(kind), found(kind.name));
  }

  private async settle(boss: PgBoss, name: string, settings: Settings, existing: QueueResult | undefined) {
    if (!existing) await boss.createQueue(name, settings);
    else if (differs(settings, existing)) await this.update(boss, name, settings, existing);
    // pg-boss read all queues when it started, just now.
    else if (this.fresh) return;
    // It looks a queue up over its own connections, for which a transaction that sends must not wait.
    await boss.insert(name, []);
  }

  private async update(boss: PgBoss, name: string, settings: Settings, existing: QueueResult): Promise<void> {
    const { policy, deadLetter, ...changeable } = settings;
    if (policy !== existing.policy) this.log.warn({ queue: name, policy }, 'the policy of a queue cannot change');
    await boss.updateQueue(name, { ...changeable, ...(deadLetter === undefined ? {} : { deadLetter }) });
  }
}

function settingsOf(kind: JobKind<object>): Settings {
  return {
    policy: kind.onePerKey ? 'short' : 'standard',
    expireInSeconds: kind.expireInSeconds,
    retryLimit: kind.retryLimit,
    // Nothing is tried again at once, so that `workOff` ends.
    retryDelay: Math.max(1, kind.retryDelaySeconds),
    retryBackoff: true,
    retryDelayMax: Math.max(1, kind.retryDelayMaxSeconds),
    deadLetter: DEAD_LETTERS,
    deleteAfterSeconds: DONE_KEPT_S,
    retentionSeconds: TWO_WEEKS_S,
  };
}

function deadLetterSettings(): Settings {
  return { policy: 'standard', deleteAfterSeconds: TWO_WEEKS_S, retentionSeconds: TWO_WEEKS_S };
}

function differs(settings: Settings, existing: QueueResult): boolean {
  const wanted = Object.entries(settings).filter(([name]) => name !== 'policy');
  return wanted.some(([name, value]) => Reflect.get(existing, name) !== value);
}

async function within(made: Promise<void>, name: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new RangeError(`The queue "${name}" is not there yet. Declare its kind at start.`));
    }, IN_TRANSACTION_MS);
  });
  try {
    await Promise.race([made, late]);
  } finally {
    clearTimeout(timer);
  }
}
