import { LatencyWindow } from './latency-window.js';

const MINUTE = 60_000;

describe('LatencyWindow', () => {
  it('has no answer without calls', () => {
    expect(new LatencyWindow().quantile(0.5, 0)).toBeNull();
  });

  it('is at most a quarter too high and never too low', () => {
    const window = new LatencyWindow();
    for (let ms = 1; ms <= 1000; ms++) window.add(ms, 0);
    for (const share of [0.5, 0.95, 1]) {
      const found = window.quantile(share, 0) ?? 0;
      expect(found).toBeGreaterThanOrEqual(share * 1000);
      expect(found).toBeLessThanOrEqual(share * 1000 * 1.25 + 1);
    }
  });

  it('forgets after five minutes, also when nothing comes', () => {
    const window = new LatencyWindow();
    window.add(10, 0);
    for (let minute = 1; minute < 5; minute++) window.add(20, minute * MINUTE);
    expect(window.calls(4 * MINUTE)).toBe(5);
    expect(window.calls(5 * MINUTE)).toBe(4);
    expect(window.calls(60 * MINUTE)).toBe(0);
    window.add(20, 60 * MINUTE);
    expect(window.calls(60 * MINUTE)).toBe(1);
  });

  it('counts what takes longer than anything', () => {
    const window = new LatencyWindow();
    window.add(1e9, 0);
    expect(window.quantile(0.5, 0)).toBeGreaterThan(25_000);
  });
});
