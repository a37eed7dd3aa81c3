import { textAt } from '../rest-client.js';
import { TourError, type TourSteps } from './tour-steps.js';

/** A hosted visit: the user logs in on Flanks' page, and Flanks refreshes by itself. */
export async function flanksLeg(steps: TourSteps, userId: string): Promise<void> {
  steps.title('Flanks: a hosted visit');
  const body = { userId, provider: 'flanks', purpose: 'connect', redirectUrl: 'http://127.0.0.1/tour' };
  const begun = await steps.call('begin a visit', 201, 'POST', '/v1/link-sessions', body);
  const callback = await steps.ground.visit(textAt(begun.body, 'url'));
  steps.note("the user logged in on the provider's page and comes back");
  const answer = await fetch(callback, { redirect: 'manual', signal: AbortSignal.timeout(30_000) });
  const onwards = new URL(answer.headers.get('location') ?? 'http://nowhere');
  if (onwards.searchParams.get('status') !== 'connected') throw new TourError('The visit did not connect.');
  await steps.call('how the visit ended', 200, 'GET', `/v1/link-sessions/${textAt(begun.body, 'id')}`);
  const id = onwards.searchParams.get('connectionId') ?? '';
  await steps.until(id, 'active');
  await steps.call('refresh is refused', 422, 'POST', `/v1/connections/${id}/refresh`, {});
  await steps.call('delete', 204, 'DELETE', `/v1/connections/${id}`);
}
