import { SessionTurns } from './session-turns.js';

describe('SessionTurns', () => {
  it('gives the session to one at a time, in the order of asking', async () => {
    const turns = new SessionTurns();
    const order: string[] = [];
    await turns.take();
    const second = turns.take().then(() => order.push('second'));
    const third = turns.take().then(() => order.push('third'));
    await Promise.resolve();
    expect(order).toEqual([]);
    turns.give();
    await second;
    expect(order).toEqual(['second']);
    turns.give();
    await third;
    turns.give();
    await turns.take();
    expect(order).toEqual(['second', 'third']);
  });
});
