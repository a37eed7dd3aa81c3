import { describeCredentialsContract } from './credentials.contract.js';
import { startFlanks } from './flanks.harness.js';

describeCredentialsContract('Flanks', startFlanks);
