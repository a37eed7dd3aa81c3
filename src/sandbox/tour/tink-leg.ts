import { member, textAt } from '../rest-client.js';
import { dataLeg } from './data-leg.js';
import { nextOf, type TourSteps } from './tour-steps.js';

/** Every function of a Tink client once, through the REST API. */
export async function tinkLeg(steps: TourSteps, userId: string): Promise<void> {
  steps.title('Tink: logins, one-time codes, QR');
  const otp = await steps.connect(userId, 'tink', 'no-demobank-open-banking-embedded', login('u10000001'));
  await answerCode(steps, otp);
  await readAndRefresh(steps, userId, otp);
  await dataLeg(steps, otp);
  await renew(steps, otp);
  const qr = await connectWithQr(steps, userId);
  await wrongPasswordHeals(steps, userId);
  await grants(steps, userId);
  for (const id of [otp, qr]) {
    await steps.call('delete', 204, 'DELETE', `/v1/connections/${id}`);
    await steps.call('get', 404, 'GET', `/v1/connections/${id}`);
  }
}

const login = (username: string, password = 'abc123') => ({ username, password });

async function readAndRefresh(steps: TourSteps, userId: string, id: string): Promise<void> {
  const listed = await steps.call('list', 200, 'GET', `/v1/connections?userId=${userId}`);
  steps.note(`${String((member(listed.body, 'data') as unknown[]).length)} connection`);
  const read = await steps.call('get', 200, 'GET', `/v1/connections/${id}`);
  steps.note(`data as of ${String(member(read.body, 'data', 'asOf'))}, ${nextOf(read.body)}`);
  await steps.call('refresh', 202, 'POST', `/v1/connections/${id}/refresh`, { userPresent: true });
  await steps.until(id, 'active');
}

async function renew(steps: TourSteps, id: string): Promise<void> {
  await steps.call('authenticate', 202, 'POST', `/v1/connections/${id}/authenticate`, {});
  await answerCode(steps, id);
  const { body } = await steps.call('get', 200, 'GET', `/v1/connections/${id}`);
  steps.note(`consent ${textAt(body, 'consent', 'status')} until ${textAt(body, 'consent', 'expiresAt')}`);
}

async function connectWithQr(steps: TourSteps, userId: string): Promise<string> {
  const id = await steps.connect(userId, 'tink', 'se-demobank-open-banking-bankid', {});
  await steps.until(id, 'awaiting_user');
  const { headers, bytes } = await steps.call('get_qr', 200, 'GET', `/v1/connections/${id}/qr`);
  steps.note(`${String(headers.get('content-type'))}, ${String(bytes.length)} bytes; the user scans it`);
  await steps.ground.confirmInApp();
  await steps.until(id, 'active');
  return id;
}

async function wrongPasswordHeals(steps: TourSteps, userId: string): Promise<void> {
  const id = await steps.connect(userId, 'tink', 'de-demobank-password', login('u10000002', 'wrong1'));
  await steps.until(id, 'blocked');
  await steps.call('update login', 202, 'PUT', `/v1/connections/${id}/login`, { fields: login('u10000002') });
  await steps.until(id, 'active');
}

async function grants(steps: TourSteps, userId: string): Promise<void> {
  const scope = ['accounts:read', 'transactions:read'];
  const path = `/v1/users/${userId}/authorization-grants`;
  const grant = await steps.call('create_authorization', 200, 'POST', path, { provider: 'tink', scope });
  const body = { provider: 'tink', code: textAt(grant.body, 'code') };
  const token = await steps.call('get_user_access_token', 200, 'POST', '/v1/users/access-tokens', body);
  steps.note(`a token for ${String(member(token.body, 'expiresIn'))} s; codes and tokens are not shown here`);
}

/** The demo bank shows the code in the question, as no phone is at hand. */
async function answerCode(steps: TourSteps, id: string): Promise<void> {
  const waiting = await steps.until(id, 'awaiting_user');
  const fields = member(waiting.body, 'nextAction', 'fields') as { name: string; type: string; value?: string }[];
  const value = fields.find((field) => field.type === 'info')?.value ?? '';
  const name = fields.find((field) => field.type !== 'info')?.name ?? '';
  const path = `/v1/connections/${id}/supplemental-information`;
  await steps.call('submit_supplemental_info', 202, 'POST', path, { fields: [{ name, value }] });
  await steps.until(id, 'active');
}
