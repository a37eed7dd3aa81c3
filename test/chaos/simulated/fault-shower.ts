import type { SharedControl } from '../../../src/sandbox/simulator/control-desk.js';
import type { FaultAction } from '../../../src/sandbox/simulator/faults.js';

const EVERY_MS = 50;
const MOST_AT_ONCE = 50;
/** Everything that networks and servers do, and all of it without the user's fault. */
const ACTIONS: readonly FaultAction[] = [
  { kind: 'respond', status: 500 },
  { kind: 'respond', status: 502 },
  { kind: 'respond', status: 503 },
  { kind: 'reset' },
  { kind: 'accept-then-reset' },
  { kind: 'truncate' },
  { kind: 'malformed' },
  { kind: 'delay', ms: 2_000 },
  { kind: 'hang' },
];

/** Lets a share of all calls fail, each in another way. */
export class FaultShower {
  count = 0;
  private timer: NodeJS.Timeout | null = null;
  private seen = 0;
  private owed = 0;

  constructor(private readonly control: SharedControl) {}

  start(share: number): void {
    this.stop();
    this.seen = this.latest();
    this.timer = setInterval(() => {
      this.rain(share);
    }, EVERY_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private rain(share: number): void {
    const latest = this.latest();
    this.owed += (latest - this.seen) * share;
    this.seen = latest;
    for (let armed = 0; this.owed >= 1 && armed < MOST_AT_ONCE; armed += 1) {
      const action = ACTIONS[this.count % ACTIONS.length];
      if (action) this.control.addFault({ path: '.', action, after: Math.floor(Math.random() * 20) });
      this.count += 1;
      this.owed -= 1;
    }
  }

  /** The log is cut now and then; the numbers go on. */
  private latest(): number {
    return this.control.calls().at(-1)?.number ?? this.seen;
  }
}
