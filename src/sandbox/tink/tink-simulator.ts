import type { TinkSimulator, TinkSimulatorOptions } from './tink-simulator.types.js';

/** A real HTTP server on loopback that a client of the vendor could talk to. @throws when the port is taken. */
export async function createTinkSimulator(_options: TinkSimulatorOptions): Promise<TinkSimulator> {
  throw new Error('The simulator is being built.');
}
