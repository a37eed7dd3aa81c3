import type { FlinksSimulator, FlinksSimulatorOptions } from './flinks-simulator.types.js';

/** A real HTTP server on loopback that a client of the vendor could talk to. @throws when the port is taken. */
export async function createFlinksSimulator(options: FlinksSimulatorOptions): Promise<FlinksSimulator> {
  throw new Error(`No server for ${options.customerId} yet.`);
}
