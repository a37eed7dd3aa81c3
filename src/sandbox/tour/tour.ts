import { textAt } from '../rest-client.js';
import { eventsLeg } from './events-leg.js';
import { flanksLeg } from './flanks-leg.js';
import { flinksLeg } from './flinks-leg.js';
import { tinkLeg } from './tink-leg.js';
import { TourSteps, type TourGround } from './tour-steps.js';

/** Plays the main job at each provider, for a new user who is deleted in the end. @throws TourError */
export async function playTour(ground: TourGround): Promise<void> {
  const steps = new TourSteps(ground);
  steps.title('A user');
  const externalUserId = `tour-${String(process.pid)}-${process.hrtime.bigint().toString(36)}`;
  const created = await steps.call('create_user', 201, 'POST', '/v1/users', { externalUserId, market: 'SE' });
  const userId = textAt(created.body, 'id');
  try {
    await eventsLeg(steps);
    await tinkLeg(steps, userId);
    await flanksLeg(steps, userId);
    await flinksLeg(steps, userId);
  } finally {
    // A tour that stops half-way must not stand in the way of the next.
    steps.title('The end');
    await steps.call('delete_user', 204, 'DELETE', `/v1/users/${userId}`);
    await steps.call('get user', 404, 'GET', `/v1/users/${userId}`);
  }
}
