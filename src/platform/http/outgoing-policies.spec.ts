import type { OutgoingOutcome } from './outgoing-outcome.js';
import { retryFor } from './outgoing-policies.js';

const unavailable: OutgoingOutcome = { kind: 'answer', status: 503, headers: new Map(), body: new Uint8Array() };
const options = { extraAttempts: 4, initialDelayMs: 2, maxDelayMs: 8, random: () => 0.5 };

describe('the waits between attempts', () => {
  const delays = async (asked: number, random = options.random) => {
    const seen: number[] = [];
    const policy = retryFor(
      { ...options, random },
      true,
      () => asked,
      () => 1000,
    );
    policy.onRetry(({ delay }) => seen.push(delay));
    await policy.execute(() => unavailable);
    return seen;
  };

  it('double, up to a limit, and are a random part of that', async () => {
    expect(await delays(0)).toEqual([1, 2, 4, 4]);
    expect(await delays(0, () => 0)).toEqual([0, 0, 0, 0]);
  });

  it('are never shorter than the server asks', async () => {
    expect(await delays(3)).toEqual([3, 3, 4, 4]);
  });
});
