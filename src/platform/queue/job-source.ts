/** A job that is claimed for one attempt. */
export interface JobAttempt {
  readonly id: string;
  readonly retryCount: number;
}

/** A job that this process has claimed, for this attempt only. */
export interface ClaimedJob extends JobAttempt {
  readonly data: object;
  readonly expireInSeconds: number;
}

/** What is kept of a failed attempt, for operators. Never a secret. */
export interface FailureNote {
  readonly message: string;
}

/** One queue, as its workers see it. A claim that was lost meanwhile is not settled by us. */
export interface JobSource {
  /** Claims up to so many jobs. */
  fetch(most: number): Promise<readonly ClaimedJob[]>;
  complete(attempts: readonly JobAttempt[]): Promise<void>;
  /** To the next attempt, or to the dead letters after the last one. */
  fail(attempt: JobAttempt, note: FailureNote): Promise<void>;
}
