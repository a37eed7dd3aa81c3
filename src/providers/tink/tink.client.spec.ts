import { jest } from '@jest/globals';

import { stopReason } from '../../platform/http/deadline.js';
import { operation, OPERATION_DEADLINE_MS } from './tink.client.js';

describe('an operation', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('has one deadline for all its calls', () => {
    jest.useFakeTimers();
    const signals: AbortSignal[] = [];
    const call = { signal: new AbortController().signal, locale: 'sv-SE' };
    void operation(call, async (inner) => {
      expect(inner.locale).toBe('sv-SE');
      signals.push(inner.signal);
      await new Promise(() => undefined);
    });
    jest.advanceTimersByTime(OPERATION_DEADLINE_MS - 1);
    expect(signals[0]?.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signals[0]?.aborted && stopReason(signals[0])).toBe('timeout');
  });

  it('gives what it did', async () => {
    expect(await operation({ signal: new AbortController().signal }, async () => 'done')).toBe('done');
  });
});
