import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';

import { jest } from '@jest/globals';

import { stopOnSignals } from './graceful-shutdown.js';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];

  exit(code: number): void {
    this.exits.push(code);
  }
}

describe('stopOnSignals', () => {
  const server = createServer();

  function stoppable(close: () => Promise<void>) {
    return { getHttpServer: () => server, close };
  }

  it('closes the application once and exits with 0', async () => {
    const edge = new FakeProcess();
    const close = jest.fn(async () => undefined);
    stopOnSignals(stoppable(close), edge, () => undefined);

    edge.emit('SIGTERM');
    await new Promise(setImmediate);

    expect(close).toHaveBeenCalledTimes(1);
    expect(edge.exits).toEqual([0]);
  });

  it.each([['SIGTERM'], ['SIGINT']])('exits at once when %s follows SIGTERM', async (second) => {
    const edge = new FakeProcess();
    stopOnSignals(
      stoppable(async () => new Promise(() => undefined)),
      edge,
      () => undefined,
    );

    edge.emit('SIGTERM');
    edge.emit(second);

    expect(edge.exits).toEqual([1]);
  });

  it('exits with 1 when closing fails', async () => {
    const edge = new FakeProcess();
    stopOnSignals(
      stoppable(async () => Promise.reject(new Error('x'))),
      edge,
      () => undefined,
    );

    edge.emit('SIGINT');
    await new Promise(setImmediate);

    expect(edge.exits).toEqual([1]);
  });

  it('cuts connections that are still in use after ten seconds', () => {
    jest.useFakeTimers();
    const cut = jest.spyOn(server, 'closeAllConnections').mockImplementation(() => undefined);
    const edge = new FakeProcess();
    stopOnSignals(
      stoppable(async () => new Promise(() => undefined)),
      edge,
      () => undefined,
    );

    edge.emit('SIGTERM');
    jest.advanceTimersByTime(9_999);
    expect(cut).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);

    expect(cut).toHaveBeenCalledTimes(1);
    jest.useRealTimers();
  });

  it('does not keep connections alive whose request is answered meanwhile', () => {
    jest.useFakeTimers();
    const idle = jest.spyOn(server, 'closeIdleConnections').mockImplementation(() => undefined);
    const edge = new FakeProcess();
    stopOnSignals(
      stoppable(async () => new Promise(() => undefined)),
      edge,
      () => undefined,
    );

    edge.emit('SIGTERM');
    jest.advanceTimersByTime(300);

    expect(idle).toHaveBeenCalledTimes(3);
    jest.useRealTimers();
  });
});
