import { awaitShared } from './shared-work.js';

const never = new Promise<never>(() => undefined);
const left = (reason: string): string => `left: ${reason}`;

describe('waiting for work that is shared', () => {
  it('gives what comes, also a fault', async () => {
    const { signal } = new AbortController();
    expect(await awaitShared(signal, Promise.resolve('done'), left)).toBe('done');
    await expect(awaitShared(signal, Promise.reject(new RangeError('ours')), left)).rejects.toThrow('ours');
  });

  it('ends with the caller, also one who has given up before', async () => {
    const caller = new AbortController();
    const waiting = awaitShared(caller.signal, never, left);
    caller.abort();
    expect(await waiting).toBe('left: aborted');
    expect(await awaitShared(caller.signal, never, left)).toBe('left: aborted');
  });

  it('tells a deadline from a caller who gave up', async () => {
    expect(await awaitShared(AbortSignal.timeout(1), never, left)).toBe('left: timeout');
  });
});
