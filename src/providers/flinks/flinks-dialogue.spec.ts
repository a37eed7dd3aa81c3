import type { CredentialRef } from '../../credentials/credential-ref.js';
import type { Observation } from '../../credentials/observation.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { MovableClock } from '../../platform/time/clock.js';
import type { ProviderServerFake, Reply } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/flinks/fixture.js';
import {
  after,
  AUTHORIZE,
  AUTHORIZE_ASYNC,
  call,
  card,
  DETAIL,
  INSTITUTIONS,
  json,
  login,
  LOGIN_ID,
  refused,
  REQUEST_ID,
  TOKEN,
  token,
  user,
} from '../../../test/fixtures/flinks/flinks-bench.js';
import { flinksUnderTest } from '../../../test/fixtures/flinks/flinks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const PROMPT = 'What shape do people like most?';
const MINUTE = 60_000;
const ask = (...challenges: readonly object[]): Reply =>
  json({ ...fixture('authorize-203'), SecurityChallenges: challenges }, 203);

describe('a dialogue of Flinks', () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let flinks: ReturnType<typeof flinksUnderTest>;

  withProviderServer('2026-01-05T14:03:00Z', (given) => {
    ({ server, clock } = given);
    flinks = flinksUnderTest(server.url, clock);
    server.plan(TOKEN, token('tok-1')).always(INSTITUTIONS, json(fixture('institutions')));
    return flinks;
  });

  const ofCreation = async (...replies: readonly Reply[]): Promise<[CredentialRef, Observation]> => {
    server.plan(AUTHORIZE, ...replies);
    const result = await flinks.credentials.create({ user, institutionId: 'FlinksCapital', fields: login() }, call);
    if (!result.ok) throw new Error(result.failure.code);
    return [
      after({ user, credentialId: result.value.credentialId }, result.value.observation),
      result.value.observation,
    ];
  };
  const ofRefresh = async (...replies: readonly Reply[]): Promise<[CredentialRef, Observation]> => {
    server.plan(AUTHORIZE, ...replies);
    const result = await flinks.credentials.refresh(card, { userPresent: true }, call);
    if (!result.ok) throw new Error(result.failure.code);
    return [after(card, result.value), result.value];
  };
  const submit = async (ref: CredentialRef, given: Readonly<Record<string, string>>) => {
    if (!ref.challenge) throw new Error('Nothing is asked.');
    const answers = new Map(Object.entries(given).map(([name, value]) => [name, new Opened(value)]));
    return flinks.credentials.submitSupplementalInformation(ref, ref.challenge, answers, call);
  };
  const observed = async (ref: CredentialRef, given: Readonly<Record<string, string>>) => {
    const result = await submit(ref, given);
    if (!result.ok) throw new Error(result.failure.code);
    return result.value;
  };
  const sent = (index: number) => JSON.parse(server.callsTo(AUTHORIZE)[index]?.body ?? 'null') as unknown;
  const again = async (ref: CredentialRef) => {
    const result = await flinks.credentials.get(ref, call);
    if (!result.ok) throw new Error(result.failure.code);
    return result.value.observation;
  };

  it('goes on with the same RequestId and token, round by round, until the login has an id', async () => {
    const [ref, asked] = await ofCreation(
      json(fixture('authorize-203'), 203),
      ask({ Type: 'TextOrCall', Prompt: 'How?', Iterables: ['514-•••-0100'] }),
      ask({ Type: 'QuestionAndAnswer', Prompt: 'Code?' }),
      json(fixture('authorize-200')),
    );
    expect(asked).toMatchObject({
      state: 'awaiting_user',
      cause: 'user_interaction',
      challenge: { fields: [{ name: PROMPT, label: PROMPT }], expiresAt: new Date('2026-01-05T14:11:00Z') },
    });
    expect(ref.credentialId.reveal('test')).toBe(`request:${REQUEST_ID}:FlinksCapital`);
    clock.advance(MINUTE);
    const second = await observed(ref, { [PROMPT]: 'Triangle' });
    expect(second.challenge?.expiresAt).toEqual(new Date('2026-01-05T14:12:00Z'));
    const third = await observed(after(ref, second), { 'How?': 'Text:514-•••-0100' });
    const last = await observed(after(ref, third), { 'Code?': '1234' });
    expect([1, 2, 3].map(sent)).toEqual([
      { RequestId: REQUEST_ID, SecurityResponses: { [PROMPT]: ['Triangle'] } },
      { RequestId: REQUEST_ID, SecurityResponses: { '514-•••-0100': ['Text'] } },
      { RequestId: REQUEST_ID, SecurityResponses: { 'Code?': ['1234'] } },
    ]);
    expect(server.callsTo(AUTHORIZE).map(({ headers }) => headers['flinks-auth-key'])).toEqual(Array(4).fill('tok-1'));
    expect(last).toMatchObject({ state: 'syncing', cause: 'first_load' });
    expect(last.credentialId?.reveal('test')).toBe(`login:${LOGIN_ID}:FlinksCapital`);
    server.plan(DETAIL, json(fixture('accounts-detail-200')));
    expect((await again(after(ref, last))).state).toBe('active');
  });

  it('is shown again without a call, until its time is over', async () => {
    const [ref, asked] = await ofRefresh(json(fixture('authorize-203'), 203));
    clock.advance(8 * MINUTE - 1);
    expect(await again(ref)).toEqual(asked);
    clock.advance(1);
    expect(await again(ref)).toMatchObject({ state: 'reauth_required', cause: 'challenge_expired' });
    expect(await submit(ref, { [PROMPT]: 'Triangle' })).toMatchObject({ failure: { code: 'challenge.expired' } });
  });

  it('of a creation ends in a credential that only a new login heals', async () => {
    const [ref] = await ofCreation(json(fixture('authorize-203'), 203));
    clock.advance(8 * MINUTE);
    const ended = await again(ref);
    expect(ended).toMatchObject({ state: 'blocked', cause: 'challenge_expired' });
    expect(await again(after(ref, ended))).toMatchObject({ state: 'blocked', cause: 'challenge_expired' });
  });

  it('asks again after a wrong answer, and is over when Flinks asks no more', async () => {
    const { SecurityChallenges } = fixture('authorize-203');
    const [ref] = await ofRefresh(
      json(fixture('authorize-203'), 203),
      refused('INVALID_SECURITY_RESPONSE', 401, { SecurityChallenges, RequestId: REQUEST_ID }),
      refused('INVALID_SECURITY_RESPONSE_NO_RETRY'),
    );
    const wrong = await observed(ref, { [PROMPT]: 'Square' });
    expect(wrong).toMatchObject({ state: 'awaiting_user', challenge: { fields: [{ name: PROMPT }] } });
    const over = await observed(after(ref, wrong), { [PROMPT]: 'Square' });
    expect(over).toMatchObject({ state: 'reauth_required', cause: 'challenge_failed' });
    expect(over).not.toHaveProperty('challenge');
  });

  it('of a creation that failed is remembered without Flinks', async () => {
    const [ref] = await ofCreation(json(fixture('authorize-203'), 203), refused('INVALID_SECURITY_RESPONSE'));
    const over = await observed(ref, { [PROMPT]: 'Square' });
    expect(over).toMatchObject({ state: 'blocked', cause: 'challenge_failed' });
    expect(await again(after(ref, over))).toMatchObject({ state: 'blocked', cause: 'challenge_failed' });
  });

  it.each([
    ['UNKNOWN_CHALLENGE_KEY', { code: 'challenge.unknown_field' }],
    ['SECURITYRESPONSES_INCOMPLETE', { code: 'credential.invalid_input', pointer: '/fields' }],
    ['SESSION_NONEXISTENT', { code: 'challenge.none' }],
    ['ALREADY_AUTHORIZED', { code: 'challenge.none' }],
    ['SESSION_EXPIRED', { code: 'challenge.expired' }],
    ['TOO_MANY_REQUESTS', { code: 'provider.rate_limited' }],
  ])('%s says nothing of the credential', async (code, failure) => {
    const [ref] = await ofRefresh(json(fixture('authorize-203'), 203), refused(code));
    expect(await submit(ref, { [PROMPT]: 'Triangle' })).toMatchObject({
      failure: { ...failure, mayHaveHappened: false },
    });
  });

  it('takes no answers to what was not asked, and none without a session', async () => {
    const [ref] = await ofRefresh(json(fixture('authorize-203'), 203));
    expect(await submit(ref, { [PROMPT]: 'Triangle', more: 'x' })).toMatchObject({
      failure: { code: 'challenge.unknown_field', pointer: '/fields/1/name' },
    });
    const { user: owner, credentialId, challenge } = ref;
    const bare = { user: owner, credentialId, ...(challenge && { challenge }) };
    expect(await submit(bare, { [PROMPT]: 'Triangle' })).toMatchObject({ failure: { code: 'challenge.none' } });
  });

  it('a bank that wants new security questions is left to its own pages', async () => {
    const [, observation] = await ofCreation(ask({ Type: 'QuestionAndAnswer', Prompt: 'Choose', Iterables: ['Pet?'] }));
    expect(observation).toMatchObject({ state: 'blocked', cause: 'act_at_bank' });
  });

  it('counts a type that it does not know and asks on', async () => {
    const [, observation] = await ofRefresh(ask({ Type: 'PushToApp', Prompt: 'Code?' }));
    expect(observation.state).toBe('awaiting_user');
    expect(flinks.observer.words).toEqual([{ provider: 'flinks', kind: 'challenge type', word: 'PushToApp' }]);
  });

  it('goes on in the background when Flinks dispatches the login', async () => {
    const dispatched = { HttpStatusCode: 202, FlinksCode: 'OPERATION_DISPATCHED', RequestId: REQUEST_ID };
    const [ref, working] = await ofCreation(json(dispatched, 202));
    expect(working).toMatchObject({ state: 'authenticating', providerStatus: 'OPERATION_DISPATCHED' });
    server.plan(
      AUTHORIZE_ASYNC,
      json({ HttpStatusCode: 202, RequestId: REQUEST_ID }, 202),
      json(fixture('authorize-203'), 203),
      json({ HttpStatusCode: 202, RequestId: REQUEST_ID }, 202),
      json(fixture('authorize-200')),
    );
    expect(await again(ref)).toMatchObject({ state: 'authenticating' });
    const asked = await again(ref);
    expect(asked.state).toBe('awaiting_user');
    const answered = await observed(after(ref, asked), { [PROMPT]: 'Triangle' });
    expect(answered.state).toBe('authenticating');
    const done = await again(after(ref, answered));
    expect(done).toMatchObject({ state: 'syncing' });
    expect(done.credentialId?.reveal('test')).toBe(`login:${LOGIN_ID}:FlinksCapital`);
    expect(server.callsTo(AUTHORIZE_ASYNC).map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { RequestId: REQUEST_ID },
      { RequestId: REQUEST_ID },
      { RequestId: REQUEST_ID, SecurityResponses: { [PROMPT]: ['Triangle'] } },
      { RequestId: REQUEST_ID },
    ]);
  });

  it('shows no secret, wherever it is written out', async () => {
    const [ref, observation] = await ofRefresh(json(fixture('authorize-203'), 203));
    expect(JSON.stringify({ ref, observation })).not.toMatch(/tok-1|3b1c7a52/);
  });
});
