import { describeCredentialsContract } from './credentials.contract.js';
import { startFlinks } from './flinks.harness.js';

describeCredentialsContract('Flinks', startFlinks);
