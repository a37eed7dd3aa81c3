import type { JobKind } from '../../../platform/queue/job-queue.js';

/** One job works off what is due at one endpoint. What fails has its next time in its row, so the job itself rarely fails. */
export const DELIVER: JobKind<{ endpointId: string }> = {
  name: 'webhooks.deliver',
  expireInSeconds: 120,
  retryLimit: 3,
  retryDelaySeconds: 2,
  retryDelayMaxSeconds: 30,
  onePerKey: true,
};

/**
 * @param cause what the job is for. Transactions that send the same key wait for each other, so those that cause
 * deliveries name the connection or user that they have locked anyhow.
 */
export function deliverJob(endpointId: string, cause = 'due'): { data: { endpointId: string }; key: string } {
  return { data: { endpointId }, key: `${endpointId}:${cause}` };
}
