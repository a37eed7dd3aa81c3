import { runStandAlone } from '../simulator/stand-alone.js';
import { createFlanksSimulator } from './flanks-simulator.js';

await runStandAlone({ port: 4002, stepMs: 1000 }, createFlanksSimulator);
