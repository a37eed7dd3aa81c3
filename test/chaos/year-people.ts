import { randomUUID } from 'node:crypto';

import { walkHostedPages } from '../../src/sandbox/flanks/hosted-visitor.js';
import { textAt } from '../../src/sandbox/rest-client.js';
import { advanceUntilSettled, answerBank } from './year-dialogues.js';
import { PUBLIC_URL, type Answer, type YearGround } from './year-ground.js';

export type ProviderName = 'tink' | 'flanks' | 'flinks';
/** How a bank lets this person in. */
export type Way = 'redirect' | 'code' | 'password' | 'page' | 'card';

/** One user with one connection. */
export interface Person {
  readonly provider: ProviderName;
  readonly way: Way;
  readonly userId: string;
  readonly institutionId: string;
  readonly username: string;
  readonly connectionId: string;
}

type Plan = Pick<Person, 'provider' | 'way' | 'institutionId' | 'username'>;

const TINK_PASSWORD = 'abc123';
const CODE_MARKETS = ['at', 'dk', 'ee', 'es', 'fi', 'fr', 'ie', 'it', 'no', 'se'];
const PASSWORD_MARKETS = ['at', 'de', 'dk', 'es', 'fr', 'no', 'pt', 'se'];
/** Consents of 30, 90 and 180 days. */
const REDIRECT_BANKS = [
  ...['de-test-open-banking-redirect', 'es-demobank-open-banking-redirect', 'se-demobank-open-banking-redirect'],
  ...['uk-test-open-banking-redirect', 'pt-demobank-open-banking-redirect'],
];
const TINK_LOGINS = ['u10000001', 'u10000002'];
const CARD_BANKS = [
  ...['FlinksCapital', 'Maple Demo Bank', 'Great Lakes Demo', 'Laurentide Demo Credit Union'],
  ...['Prairie Demo Trust', 'Harbour Demo Savings', 'Yukon Demo Bank', 'Liberty Demo Bank', 'Cascade Demo Bank'],
];
const CARD_LOGINS = [
  ...['greatday_nomfa', 'greatday_business', 'greatday_choice', 'greatday_together', 'greatday_image'],
  ...['greatday_phone', 'greatday_choices', 'greatday_rounds'],
];

/** A third at each provider, as far as its demo banks know enough logins; Flanks takes the rest. */
export function plans(count: number): readonly Plan[] {
  const share = Math.floor(count / 3);
  const cards = pairs(CARD_LOGINS, CARD_BANKS).map(([username, institutionId]) => ({
    ...{ provider: 'flinks' as const, way: 'card' as const },
    ...{ institutionId, username },
  }));
  const tink = tinkPlans(share);
  const flinks = cards.slice(0, share);
  const rest = Array.from({ length: count - tink.length - flinks.length }, (_, number) => ({
    ...{ provider: 'flanks' as const, way: 'page' as const },
    ...{ institutionId: 'testbank', username: `ana.${String(number)}` },
  }));
  return [...tink, ...rest, ...flinks];
}

function tinkPlans(count: number): readonly Plan[] {
  const tink = { provider: 'tink' as const };
  const coded = pairs(TINK_LOGINS, CODE_MARKETS).map(([username, market]) => ({
    ...{ ...tink, way: 'code' as const, username },
    institutionId: `${market}-demobank-open-banking-embedded`,
  }));
  const passwords = pairs(TINK_LOGINS, PASSWORD_MARKETS).map(([username, market]) => ({
    ...{ ...tink, way: 'password' as const, username },
    institutionId: `${market}-demobank-password`,
  }));
  const few = Math.max(1, Math.floor(count / 4));
  const chosen = [...coded.slice(0, few), ...passwords.slice(0, few)];
  const redirects = Array.from({ length: Math.max(0, count - chosen.length) }, (_, number) => ({
    ...{ ...tink, way: 'redirect' as const, username: '' },
    institutionId: REDIRECT_BANKS[number % REDIRECT_BANKS.length] ?? '',
  }));
  return [...redirects, ...chosen].slice(0, count);
}

/** Every pair, the second member changing fastest. */
function pairs(first: readonly string[], second: readonly string[]): readonly (readonly [string, string])[] {
  return first.flatMap((one) => second.map((other) => [one, other] as const));
}

/** @throws Error when it is not connected. */
export async function connect(ground: YearGround, plan: Plan): Promise<Person> {
  const market = plan.institutionId.slice(0, 2).toUpperCase();
  const country = { tink: market === 'UK' ? 'GB' : market, flanks: 'ES', flinks: 'CA' }[plan.provider];
  const locale = plan.provider === 'flinks' ? 'en_CA' : 'en_GB';
  const made = await ground.call('POST', '/v1/users', { externalUserId: randomUUID(), market: country, locale });
  const userId = textAt(made.body, 'id');
  const connectionId = plan.way === 'page' ? await visited(ground, plan, userId) : await created(ground, plan, userId);
  const person = { ...plan, userId, connectionId };
  await answerBank(ground, person);
  await advanceUntilSettled(ground, person);
  if (plan.way === 'card') ground.flinks.setScheduledRefresh(loginIdOf(ground, person), true);
  return person;
}

async function created(ground: YearGround, plan: Plan, userId: string): Promise<string> {
  const { provider, institutionId } = plan;
  const fields = loginOf(ground, plan);
  const answer = await ground.call('POST', '/v1/connections', { userId, provider, institutionId, fields });
  if (answer.status !== 201) throw new Error(`${plan.username} at ${institutionId}: ${JSON.stringify(answer.body)}`);
  return textAt(answer.body, 'id');
}

async function visited(ground: YearGround, plan: Plan, userId: string): Promise<string> {
  const request = { userId, provider: 'flanks', institutionId: plan.institutionId, purpose: 'connect' };
  const query = await visit(ground, request, plan.username);
  const id = query?.get('connectionId');
  if (!id) throw new Error(`${plan.username} is not connected: ${query?.toString() ?? 'refused'}`);
  return id;
}

/** Through Flanks' pages. @returns what the caller's page is told; `null` when the visit was refused. */
export async function visit(
  ground: YearGround,
  request: Record<string, unknown>,
  username: string,
): Promise<URLSearchParams | null> {
  const begun = await ground.call('POST', '/v1/link-sessions', {
    redirectUrl: 'https://app.example/banks',
    ...request,
  });
  if (begun.status !== 201) return null;
  ground.clock.advance(1000);
  const { location } = await walkHostedPages(textAt(begun.body, 'url'), { username });
  if (location?.origin !== PUBLIC_URL) return null;
  const back = await ground.comeBack(location);
  return back.location === null ? null : new URL(back.location).searchParams;
}

/** The fields of the login that works. */
export function loginOf(
  ground: YearGround,
  { way, username }: Pick<Person, 'way' | 'username'>,
): Record<string, string> {
  if (way === 'redirect' || way === 'page') return {};
  return { username, password: way === 'card' ? (PASSWORDS.get(ground)?.get(username) ?? 'Everyday') : TINK_PASSWORD };
}

const PASSWORDS = new WeakMap<YearGround, Map<string, string>>();

/** The user changes the password at the bank: what Flinks has stored stops working. */
export function changePassword(ground: YearGround, username: string, password: string): void {
  ground.flinks.setPassword(username, password);
  const known = PASSWORDS.get(ground) ?? new Map<string, string>();
  PASSWORDS.set(ground, known.set(username, password));
}

/** @throws Error when Flinks has no such card. */
function loginIdOf(ground: YearGround, { institutionId, username }: Person): string {
  const { cards } = ground.flinks.state();
  const found = cards.find((card) => card.institution === institutionId && card.username === username);
  if (!found) throw new Error(`Flinks has no card of ${username} at ${institutionId}.`);
  return found.loginId;
}

export async function read(ground: YearGround, { connectionId }: Person): Promise<Answer> {
  return ground.call('GET', `/v1/connections/${connectionId}`);
}

/** For findings. */
export function label({ connectionId, provider, way, institutionId, username }: Person): string {
  return `${connectionId} (${provider} ${way}, ${institutionId} ${username})`;
}
