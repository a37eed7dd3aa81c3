import type { Capabilities } from '../../src/credentials/capabilities.js';
import type { ServiceOperation } from './contract-harness.js';

const REFUSED: Readonly<Record<ServiceOperation, (can: Capabilities) => boolean>> = {
  list: ({ list }) => !list,
  get: () => false,
  create: ({ connect }) => !connect.includes('direct'),
  delete: () => false,
  refresh: ({ refresh }) => refresh === 'by_provider',
  authenticate: ({ authenticate }) => !authenticate,
  qr: ({ qr }) => !qr,
  submitSupplementalInformation: ({ supplementalInformation }) => !supplementalInformation,
};

/** Whether a provider publishes that it does not have this operation. Then nothing but its typed refusal may come. */
export function isRefused(capabilities: Capabilities, operation: ServiceOperation): boolean {
  return REFUSED[operation](capabilities);
}

/** What every refused operation gives, whatever else is wrong. It names the way out. */
export const REFUSAL = {
  code: 'capability_unsupported',
  mayHaveHappened: false,
  instead: expect.stringMatching(/\S/) as unknown,
};
