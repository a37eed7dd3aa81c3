import { jest } from '@jest/globals';

import type { OutgoingOutcome } from './outgoing-outcome.js';
import { circuitFor, retryFor } from './outgoing-policies.js';

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

describe('a circuit', () => {
  const circuit = { windowCalls: 4, minimumCalls: 2, failureShare: 0.5, initialBreakMs: 1_000, maxBreakMs: 4_000 };

  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells what it would let through: nothing in its break and during a trial, then one call', async () => {
    const { policy, ...rest } = circuitFor(circuit);
    const admits = () => rest.admits();
    expect(admits()).toBe('all');
    for (let call = 0; call < 2; call += 1) await policy.execute(() => unavailable);
    for (const breakMs of [1_000, 2_000, 4_000, 4_000]) {
      jest.advanceTimersByTime(breakMs);
      expect(admits()).toBe('none');
      jest.advanceTimersByTime(101);
      expect(admits()).toBe('trial');
      await policy.execute(() => {
        expect(admits()).toBe('none');
        return unavailable;
      });
    }
    jest.advanceTimersByTime(4_001);
    await policy.execute(() => ({ ...unavailable, status: 200 }));
    expect(admits()).toBe('all');
  });
});
