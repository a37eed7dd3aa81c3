import { SingleRun } from './single-run.js';

/** Work that ends when the test says so. */
function heldWork() {
  let started = 0;
  let finish: () => void = () => undefined;
  const work = async (): Promise<void> => {
    started += 1;
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
  };
  return {
    work,
    started: () => started,
    finish: () => {
      finish();
    },
  };
}

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('SingleRun', () => {
  it('skips ticks while the last one still works, and runs the next one after it', async () => {
    const run = new SingleRun();
    const held = heldWork();
    run.tick(held.work);
    run.tick(held.work);
    run.tick(held.work);
    await turn();
    expect(held.started()).toBe(1);
    held.finish();
    await turn();
    run.tick(held.work);
    await turn();
    expect(held.started()).toBe(2);
    held.finish();
  });

  it('waits for the running work when it stops, and starts nothing afterwards', async () => {
    const run = new SingleRun();
    const held = heldWork();
    run.tick(held.work);
    await turn();
    let stopped = false;
    const stopping = run.stop().then(() => {
      stopped = true;
    });
    await turn();
    expect(stopped).toBe(false);
    held.finish();
    await stopping;
    run.tick(held.work);
    await turn();
    expect(held.started()).toBe(1);
  });

  it('stops at once when nothing runs, also twice', async () => {
    const run = new SingleRun();
    await run.stop();
    await run.stop();
    const held = heldWork();
    run.tick(held.work);
    expect(held.started()).toBe(0);
  });

  it.each([
    ['rejects', async () => Promise.reject(new Error('broken'))],
    [
      'throws at once',
      () => {
        throw new Error('broken');
      },
    ],
  ])('goes on after work that %s, and never rejects', async (_how, broken: () => Promise<void>) => {
    const lost: unknown[] = [];
    const listen = (reason: unknown) => lost.push(reason);
    process.on('unhandledRejection', listen);
    try {
      const told: unknown[] = [];
      const run = new SingleRun('work', (error) => told.push(error));
      run.tick(broken);
      await turn();
      await turn();
      expect(lost).toEqual([]);
      expect(told).toEqual([new Error('broken')]);
      const held = heldWork();
      run.tick(held.work);
      await turn();
      expect(held.started()).toBe(1);
      held.finish();
      await run.stop();
    } finally {
      process.off('unhandledRejection', listen);
    }
  });

  it('tells of an outage once, and of the next one again', async () => {
    const told: unknown[] = [];
    const run = new SingleRun('work', (error) => told.push(error));
    const tick = async (works: boolean): Promise<void> => {
      run.tick(async () => (works ? Promise.resolve() : Promise.reject(new Error('broken'))));
      await turn();
      await turn();
    };
    for (const works of [false, false, false, true, false]) await tick(works);
    expect(told).toHaveLength(2);
  });
});
