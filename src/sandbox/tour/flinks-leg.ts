import { member } from '../rest-client.js';
import type { TourSteps } from './tour-steps.js';

/** What the demo bank of Flinks asks, and what it takes. */
const ANSWERS: Readonly<Record<string, string>> = {
  'What city were you born in?': 'Montreal',
  'What is the best country on earth?': 'Canada',
  'What shape do people like most?': 'Triangle',
};

/** A login with a security question. */
export async function flinksLeg(steps: TourSteps, userId: string): Promise<void> {
  steps.title('Flinks: a security question');
  const fields = { username: 'Greatday', password: 'Everyday', language: 'en' };
  const id = await steps.connect(userId, 'flinks', 'FlinksCapital', fields);
  const waiting = await steps.until(id, 'awaiting_user');
  const asked = member(waiting.body, 'nextAction', 'fields') as { name: string; label: string }[];
  const answers = asked.map(({ name, label }) => ({ name, value: ANSWERS[label] ?? '' }));
  const path = `/v1/connections/${id}/supplemental-information`;
  await steps.call('a wrong name is refused', 422, 'POST', path, {
    fields: [{ name: 'no such question', value: 'x' }],
  });
  await steps.call('answer', 202, 'POST', path, { fields: answers });
  await steps.until(id, 'active');
  await steps.call('delete', 204, 'DELETE', `/v1/connections/${id}`);
}
