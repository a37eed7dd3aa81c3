import { runStandAlone } from '../simulator/stand-alone.js';
import { createTinkSimulator } from './tink-simulator.js';

await runStandAlone({ port: 4001, stepMs: 1000 }, createTinkSimulator);
