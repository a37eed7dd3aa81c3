import { describeAccountDataContract } from './account-data.contract.js';
import { startFlanksData } from './flanks-data.harness.js';

describeAccountDataContract('Flanks', startFlanksData);
