import { AsyncLocalStorage } from 'node:async_hooks';

/** What belongs to the work that is going on: one request, one job, one tick of a task. */
export interface WorkContext {
  readonly requestId: string;
}

const storage = new AsyncLocalStorage<WorkContext>();

/** Carries the request id to wherever it is logged, stored or sent, without passing it through every call. */
export class RequestContext {
  /** Runs `work` with `context`; everything that it starts and awaits sees it. */
  static run<T>(context: WorkContext, work: () => T): T {
    return storage.run(context, work);
  }

  static current(): WorkContext | undefined {
    return storage.getStore();
  }

  /** `null` outside any request, job or task. */
  static get requestId(): string | null {
    return storage.getStore()?.requestId ?? null;
  }
}
