import { jest } from '@jest/globals';
import { Gauge, Registry } from 'prom-client';

import { MetricsController } from './metrics.controller.js';

describe('GET /metrics', () => {
  it('counts once for all who ask meanwhile, and anew for the next', async () => {
    const registry = new Registry();
    let counted = 0;
    new Gauge({
      name: 'costly',
      help: 'x',
      registers: [registry],
      async collect() {
        await new Promise(setImmediate);
        this.set((counted += 1));
      },
    });
    const controller = new MetricsController(registry);

    const answers = await Promise.all([controller.metrics(), controller.metrics(), controller.metrics()]);
    expect(answers.map((text) => text.includes('costly 1'))).toEqual([true, true, true]);
    expect(await controller.metrics()).toContain('costly 2');
  });

  it('asks again after a failure', async () => {
    const registry = new Registry();
    const metrics = jest.spyOn(registry, 'metrics').mockRejectedValueOnce(new Error('x'));
    const controller = new MetricsController(registry);

    await expect(controller.metrics()).rejects.toThrow('x');
    expect(await controller.metrics()).toEqual(expect.any(String));
    expect(metrics).toHaveBeenCalledTimes(2);
  });
});
