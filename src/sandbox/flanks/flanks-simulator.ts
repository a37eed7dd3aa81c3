import type { FlanksSimulator, FlanksSimulatorOptions } from './flanks-simulator.types.js';

/** A real HTTP server on loopback that a client of the vendor could talk to. @throws when the port is taken. */
export async function createFlanksSimulator(options: FlanksSimulatorOptions): Promise<FlanksSimulator> {
  throw new Error(`The simulator for ${options.clientId} does not start yet.`);
}
