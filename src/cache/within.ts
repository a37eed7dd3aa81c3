import { StoreUnavailable } from './cache-store.js';

/** @param ms milliseconds. @throws StoreUnavailable when `work` takes longer; its outcome is then dropped. */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      // After a busy stretch of this process the answer may be here unread: it is read before `setImmediate` runs.
      setImmediate(() => {
        reject(new StoreUnavailable(`No answer within ${ms} ms.`));
      });
    }, ms);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new StoreUnavailable(String(error)));
      },
    );
  });
}
