import { setTimeout as pause } from 'node:timers/promises';

import { member, textAt } from '../rest-client.js';
import { TourError, type TourSteps } from './tour-steps.js';

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 300;

/** What the bank knows, once the first load is through. */
export async function dataLeg(steps: TourSteps, connectionId: string): Promise<void> {
  const path = `/v1/connections/${connectionId}`;
  await loaded(steps, `${path}/accounts`);
  const { body } = await steps.call('accounts', 200, 'GET', `${path}/accounts`);
  for (const account of listOf(body)) {
    const [balance] = member(account, 'balances') as unknown[];
    const amount = balance === undefined ? 'no balance' : `${textAt(balance, 'amount')} ${textAt(balance, 'currency')}`;
    steps.note(`${textAt(account, 'kind')}: ${amount}`);
  }
  const transactions = await steps.call('transactions', 200, 'GET', `${path}/transactions?limit=3`);
  for (const each of listOf(transactions.body)) {
    steps.note(`${textAt(each, 'day')}  ${textAt(each, 'amount').padStart(10)} ${textAt(each, 'currency')}`);
  }
}

/** @throws TourError */
async function loaded(steps: TourSteps, path: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const { body } = await steps.ground.api.call('GET', path);
    if (listOf(body).length > 0) return;
    await pause(LOOK_EVERY_MS);
  }
  throw new TourError('The accounts did not come.');
}

function listOf(body: unknown): unknown[] {
  const data = member(body, 'data');
  return Array.isArray(data) ? data : [];
}
