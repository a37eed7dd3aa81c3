import { describeCredentialsContract } from './credentials.contract.js';
import { startTink } from './tink.harness.js';

describeCredentialsContract('Tink', startTink);
