import type { JobKind } from '../../queue/job-queue.js';

export interface RotationJob {
  readonly table: string;
}

/** One table's way to the current key; a job does a part of it and sends the next. */
export const ROTATE_KEYS: JobKind<RotationJob> = {
  name: 'keys.rotate',
  expireInSeconds: 120,
  // A process that still has the old configuration refuses; another takes it.
  retryLimit: 20,
  retryDelaySeconds: 2,
  retryDelayMaxSeconds: 60,
  onePerKey: true,
};
