import { jest } from '@jest/globals';

import { QueueLookout } from './queue-lookout.js';

const pass = async (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

let ready: () => Promise<readonly string[]>;
let told: string[];
let lookout: QueueLookout;

beforeEach(() => {
  jest.useFakeTimers();
  told = [];
  ready = async () => Promise.resolve([]);
  lookout = new QueueLookout({
    everyMs: 500,
    ready: async () => ready(),
    wake: (queue) => void told.push(queue),
    failed: () => void told.push('failed'),
    worked: () => void told.push('worked'),
  });
  lookout.start();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('the lookout', () => {
  it('wakes the queues that have work, and no other', async () => {
    await pass(500);
    ready = async () => Promise.resolve(['a', 'c']);
    await pass(500);
    expect(told).toEqual(['worked', 'worked', 'a', 'c']);
    await lookout.stop();
  });

  it('looks again after an outage', async () => {
    ready = async () => Promise.reject(new Error('away'));
    await pass(1_000);
    ready = async () => Promise.resolve(['a']);
    await pass(500);
    expect(told).toEqual(['failed', 'failed', 'worked', 'a']);
    await lookout.stop();
  });

  it('never looks twice at the same time, and not after the stop', async () => {
    let looks = 0;
    let end: () => void = () => undefined;
    ready = async () => {
      looks += 1;
      return new Promise((resolve) => {
        end = () => {
          resolve([]);
        };
      });
    };
    await pass(5_000);
    expect(looks).toBe(1);
    const stopped = lookout.stop();
    end();
    await stopped;
    await pass(5_000);
    expect(looks).toBe(1);
  });
});
