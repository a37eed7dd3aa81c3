import type { Server } from 'node:http';

const IN_FLIGHT_MS = 10_000;
/** A connection whose request has been answered meanwhile would be kept alive, and the server waits for it. */
const IDLE_CHECK_MS = 100;

export interface Stoppable {
  getHttpServer(): Server;
  close(): Promise<void>;
}

export interface ProcessEdge {
  once(signal: 'SIGTERM' | 'SIGINT', handler: () => void): unknown;
  exit(code: number): void;
}

/**
 * On SIGTERM or SIGINT: stops accepting, lets requests in flight finish for up to ten seconds, closes everything, exits with 0.
 * A second signal exits at once.
 */
export function stopOnSignals(app: Stoppable, edge: ProcessEdge, log: (message: string) => void): void {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) {
      edge.exit(1);
      return;
    }
    stopping = true;
    log(`${signal}: stopping`);
    const cut = setTimeout(() => {
      log('requests in flight are cut off');
      app.getHttpServer().closeAllConnections();
    }, IN_FLIGHT_MS).unref();
    const sweep = setInterval(() => {
      app.getHttpServer().closeIdleConnections();
    }, IDLE_CHECK_MS).unref();
    app.close().then(
      () => {
        clearTimeout(cut);
        clearInterval(sweep);
        log('stopped');
        edge.exit(0);
      },
      () => {
        log('stopped with errors');
        edge.exit(1);
      },
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    edge.once(signal, () => {
      edge.once(signal, () => {
        stop(signal);
      });
      stop(signal);
    });
  }
}
