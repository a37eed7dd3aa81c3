import { member, textAt } from '../../src/sandbox/rest-client.js';
import { STEP_MS, type Answer } from '../factories/sandbox-app.factory.js';
import { ThreeProviders } from '../factories/three-providers.factory.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const PASSWORD = 'Everyday';

interface Asked {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly options?: readonly { readonly value: string }[];
}

/** What a user of the demo bank knows, by what the bank asks. */
const KNOWN: Readonly<Record<string, string>> = {
  'What city were you born in?': 'Montreal',
  'What is the best country on earth?': 'Canada',
  'What shape do people like most?': 'Triangle',
  'Enter the code we sent you.': '123456',
  'Which of these accounts is yours?': 'Chequing',
  'Which of these cities have you lived in?': 'Montréal,Victoria',
};

function right({ label, type, options = [] }: Asked): string {
  if (type === 'image') return options.at(-1)?.value ?? '';
  return KNOWN[label] ?? options.find(({ value }) => value.startsWith('Text:'))?.value ?? '';
}

describe('Flinks through the REST API', () => {
  let world: ThreeProviders;

  beforeAll(async () => {
    world = await ThreeProviders.start();
  });

  beforeEach(async () => {
    await world.forget();
  });

  afterAll(async () => {
    await world.close();
  });

  async function create(username: string, more: object = {}): Promise<Answer> {
    const userId = await world.mooring.user();
    const fields = { username, password: PASSWORD };
    const body = { userId, provider: 'flinks', institutionId: 'FlinksCapital', fields, ...more };
    return world.mooring.post('/v1/connections', body);
  }

  async function created(username: string): Promise<string> {
    const answer = await create(username);
    if (answer.status !== 201) throw new Error(`Not created: ${answer.bytes.toString()}`);
    return textAt(answer.body, 'id');
  }

  const stateOf = (body: unknown) => member(body, 'state', 'value');
  const read = async (id: string) => (await world.mooring.read(id)).body;
  const fieldsOf = (body: unknown) => member(body, 'nextAction', 'fields') as Asked[];
  const answer = async (id: string, fields: unknown) =>
    world.mooring.post(`/v1/connections/${id}/supplemental-information`, { fields });
  const authorizations = () => world.flinks.calls({ path: '/Authorize(Async)?$' }).length;
  const liveSessions = () => world.flinks.state().sessions.filter(({ cached }) => !cached);
  const rightAnswers = (body: unknown) => fieldsOf(body).map((field) => ({ name: field.name, value: right(field) }));

  /** Answers until nothing is asked. @returns how many rounds it took. */
  async function answerAll(id: string): Promise<number> {
    const MOST_ROUNDS = 10;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const body = await read(id);
      if (stateOf(body) !== 'awaiting_user') return round;
      expect((await answer(id, rightAnswers(body))).status).toBe(202);
    }
    throw new Error('The dialogue never ends.');
  }

  async function active(username: string): Promise<string> {
    const id = await created(username);
    await answerAll(id);
    await world.mooring.until(id, 'active');
    return id;
  }

  describe('a dialogue', () => {
    it.each([
      ['Greatday', 1, ['text']],
      ['greatday_choice', 1, ['select']],
      ['greatday_choices', 1, ['multi_select']],
      ['greatday_image', 1, ['image']],
      ['greatday_phone', 2, ['select']],
      ['greatday_together', 1, ['text', 'text']],
      ['greatday_rounds', 4, ['text']],
    ])('of %s takes %i rounds on one session and one token', async (username, rounds, types) => {
      const id = await created(username);
      const first = await read(id);
      expect(fieldsOf(first).map(({ type }) => type)).toEqual(types);
      expect(first).toMatchObject({ state: { value: 'awaiting_user' }, nextAction: { kind: 'submit_information' } });

      expect(await answerAll(id)).toBe(rounds);

      expect(liveSessions()).toHaveLength(1);
      expect(world.flinks.calls({ path: 'GenerateAuthorizeToken' })).toHaveLength(1);
      expect(authorizations()).toBe(1 + rounds);
      expect(await world.mooring.until(id, 'active')).toMatchObject({ nextAction: { kind: 'none' } });
      expect(world.flinks.attempts()).toHaveLength(1);
    });

    it('keeps the question open after a wrong answer, until the third', async () => {
      const id = await created('greatday_choice');
      const [field] = fieldsOf(await read(id));
      for (const wrong of ['Mortgage', 'None of these']) {
        expect((await answer(id, { [field?.name ?? '']: wrong })).status).toBe(202);
        expect(await read(id)).toMatchObject({ state: { value: 'awaiting_user' } });
      }
      expect((await answer(id, { [field?.name ?? '']: 'Mortgage' })).status).toBe(202);
      expect(await read(id)).toMatchObject({
        state: { value: 'blocked', cause: 'challenge_failed' },
        nextAction: { kind: 'update_login', by: 'user' },
      });
    });

    it('goes on with a right answer after a wrong one', async () => {
      const id = await created('greatday_together');
      const asked = fieldsOf(await read(id));
      await answer(
        id,
        asked.map(({ name }) => ({ name, value: 'no' })),
      );
      expect(await answerAll(id)).toBe(1);
      await world.mooring.until(id, 'active');
      expect(liveSessions()).toHaveLength(1);
    });

    it.each([
      ['nothing', [], 'challenge.invalid_answer', 'What city were you born in?'],
      ['one of two', ['What city were you born in?'], 'challenge.invalid_answer', 'What shape do people like most?'],
      ['a prompt in other letters', ['what city were you born in?'], 'challenge.unknown_field', 'what city'],
      ['a prompt that was not asked', ['*', 'What is your name?'], 'challenge.unknown_field', 'What is your name?'],
    ])('refuses %s, names the prompt and sends nothing', async (_what, names, code, named) => {
      const id = await created('greatday_together');
      const before = await read(id);
      const sent = authorizations();
      const prompts = names.flatMap((name) => (name === '*' ? fieldsOf(before).map((each) => each.name) : [name]));

      const refused = await answer(id, Object.fromEntries(prompts.map((name) => [name, 'Montreal'])));

      expect(refused).toMatchObject({ status: 422, body: { code } });
      const errors = member(refused.body, 'errors') as { pointer: string; message: string }[];
      expect(JSON.stringify(errors)).toContain(named);
      expect(errors.every(({ pointer }) => pointer.startsWith('/fields/'))).toBe(true);
      expect(authorizations()).toBe(sent);
      expect(await read(id)).toEqual(before);
      await answerAll(id);
      await world.mooring.until(id, 'active');
    });

    it.each([
      ['an option that is not offered', 'greatday_choice', 'Savings'],
      ['an option too many', 'greatday_choices', 'Montréal,Atlantis'],
      ['a picture that is not there', 'greatday_image', '99'],
    ])('refuses %s before Flinks hears of it', async (_what, username, value) => {
      const id = await created(username);
      const sent = authorizations();
      const [field] = fieldsOf(await read(id));
      expect(await answer(id, { [field?.name ?? '']: value })).toMatchObject({
        status: 422,
        body: { code: 'challenge.invalid_answer' },
      });
      expect(authorizations()).toBe(sent);
    });

    it('of a new login is over after eight minutes, and a new login heals the same connection', async () => {
      const id = await created('greatday_choice');
      const fields = rightAnswers(await read(id));
      world.mooring.advance(8 * MINUTE + STEP_MS);
      const sent = authorizations();

      expect(await answer(id, fields)).toMatchObject({ status: 409, body: { code: 'challenge.expired' } });
      expect(authorizations()).toBe(sent);
      await world.mooring.watch();
      expect(await read(id)).toMatchObject({
        state: { value: 'blocked', cause: 'challenge_expired' },
        nextAction: { kind: 'update_login', by: 'user' },
      });

      const login = { fields: { username: 'greatday_choice', password: PASSWORD } };
      expect((await world.mooring.call('PUT', `/v1/connections/${id}/login`, { body: login })).status).toBe(202);
      expect(await answerAll(id)).toBe(1);
      expect(await world.mooring.until(id, 'active')).toMatchObject({ id });
    });

    it('of a connected login is over after eight minutes, and authenticating again heals it', async () => {
      const id = await active('greatday_choice');
      expect((await world.mooring.post(`/v1/connections/${id}/authenticate`, {})).status).toBe(202);
      expect(await read(id)).toMatchObject({ state: { value: 'awaiting_user' } });
      world.mooring.advance(8 * MINUTE + STEP_MS);
      await world.mooring.watch();
      expect(await read(id)).toMatchObject({
        state: { value: 'reauth_required', cause: 'challenge_expired' },
        nextAction: { kind: 'renew_consent', by: 'user' },
      });

      expect((await world.mooring.post(`/v1/connections/${id}/authenticate`, {})).status).toBe(202);
      expect(await answerAll(id)).toBe(1);
      await world.mooring.until(id, 'active');
    });
  });

  describe('trouble', () => {
    it('RETRY_LATER, a 401, leaves a connection retrying, and it heals', async () => {
      const id = await active('greatday_nomfa');
      world.flinks.script({ username: 'greatday_nomfa', at: 'authorize', code: 'RETRY_LATER' });

      expect((await world.mooring.post(`/v1/connections/${id}/refresh`, { userPresent: true })).status).toBe(202);

      const waiting = await read(id);
      expect(waiting).toMatchObject({
        state: { value: 'retrying', cause: 'bank_unavailable', providerStatus: 'RETRY_LATER' },
        nextAction: { kind: 'retry_later', by: 'bank' },
      });
      expect(new Date(textAt(waiting, 'nextAction', 'retryAt')).getTime()).toBeGreaterThan(world.flinks.state().now);
      const attempts = world.flinks.attempts().length;
      for (let tick = 0; tick < 12; tick += 1) {
        world.mooring.advance(HOUR);
        await world.mooring.watch();
      }
      expect(world.flinks.attempts()).toHaveLength(attempts);
      expect(await read(id)).toMatchObject({ state: { value: 'retrying' } });
      expect((await world.mooring.post(`/v1/connections/${id}/refresh`, { userPresent: true })).status).toBe(202);
      await world.mooring.until(id, 'active');
    });

    it('a login that is given shortly before the night is in that night: its data is read at once', async () => {
      await active('greatday_nomfa');
      const { loginId } = world.card('greatday_nomfa');
      world.flinks.setScheduledRefresh(loginId, true);
      await world.mooring.watch();
      expect(world.flinks.runNightly()).toEqual([loginId]);
    });

    it('heals by itself when a later night succeeds', async () => {
      const id = await active('greatday_nomfa');
      const { loginId } = world.card('greatday_nomfa');
      world.flinks.setScheduledRefresh(loginId, true);
      world.flinks.setLastRefreshError(loginId, 'BANK_MAINTENANCE_RETRY_LATER');
      // Every connection has its own turn; all have had theirs by then.
      world.mooring.advance(8 * HOUR);
      await world.mooring.watch();
      expect(await read(id)).toMatchObject({ state: { value: 'retrying', cause: 'bank_unavailable' } });
      world.flinks.runNightly();
      for (let tick = 0; tick < 12; tick += 1) {
        world.mooring.advance(HOUR);
        await world.mooring.watch();
      }
      expect(await read(id)).toMatchObject({ state: { value: 'active' }, data: { status: 'fresh' } });
    });

    it.each([
      ['test_disabled_account', 'account_locked_at_bank', 'act_at_bank'],
      ['test_code_new_account', 'act_at_bank', 'act_at_bank'],
      ['test_code_invalid_password', 'wrong_credentials', 'update_login'],
    ])('%s is blocked/%s: %s', async (username, cause, kind) => {
      const id = await created(username);
      expect(await read(id)).toMatchObject({
        state: { value: 'blocked', cause },
        nextAction: { kind, by: 'user' },
        data: { status: 'never', asOf: null },
      });
      const attempts = world.flinks.attempts().length;
      for (let tick = 0; tick < 8; tick += 1) {
        world.mooring.advance(6 * HOUR);
        await world.mooring.watch();
      }
      expect(world.flinks.attempts()).toHaveLength(attempts);
      expect((await world.mooring.post(`/v1/connections/${id}/refresh`, {})).status).toBe(409);
    });

    it('is told to the caller when the bank is away before there is a connection, and the login can be tried again', async () => {
      const away = await create('test_service_unavailable');
      expect(away).toMatchObject({ status: 503, body: { code: 'provider.unavailable' } });
      world.mooring.advance(MINUTE);
      await world.mooring.watch();
      expect(await create('test_service_unavailable')).toMatchObject({ status: 503 });
      world.mooring.advance(MINUTE);
      await world.mooring.watch();
      expect(await world.mooring.sql('SELECT id FROM connection_creations')).toEqual([]);
    });

    it('a nightly refresh that meets a question asks for the user, without loops', async () => {
      const id = await active('greatday_choice');
      world.flinks.setScheduledRefresh(world.card('greatday_choice').loginId, true);
      // Our reading of the settled connection is also what keeps the card among those that Flinks refreshes.
      world.mooring.advance(8 * HOUR);
      await world.mooring.watch();
      expect(world.flinks.runNightly()).toHaveLength(1);
      world.mooring.advance(8 * HOUR);
      await world.mooring.watch();
      expect(await read(id)).toMatchObject({
        state: { value: 'reauth_required', cause: 'sca_required' },
        nextAction: { kind: 'renew_consent', by: 'user' },
      });
      world.flinks.setScheduledRefresh(world.card('greatday_choice').loginId, false);
      world.flinks.clearAttempts();
      world.flinks.clearCalls();
      for (let tick = 0; tick < 24; tick += 1) {
        world.mooring.advance(HOUR);
        await world.mooring.watch();
      }
      expect(world.flinks.attempts()).toEqual([]);
      expect(authorizations()).toBeLessThanOrEqual(5);
    });

    it('a refresh without the user that meets a question leaves it unanswered', async () => {
      const id = await active('greatday_choice');
      const attempts = world.flinks.attempts().length;
      const refresh = async () => world.mooring.post(`/v1/connections/${id}/refresh`, { userPresent: false });
      expect((await refresh()).status).toBe(202);
      const asked = await read(id);
      expect(asked).toMatchObject({
        state: { value: 'reauth_required', cause: 'sca_required' },
        nextAction: { kind: 'renew_consent', by: 'user' },
      });
      expect(member(asked, 'nextAction', 'fields')).toBeUndefined();
      for (let again = 0; again < 5; again += 1) {
        expect((await refresh()).status).toBe(409);
        world.mooring.advance(HOUR);
        await world.mooring.watch();
      }
      expect(world.flinks.attempts()).toHaveLength(attempts + 1);
    });
  });

  it('reads LastRefresh, which has no zone, as UTC', async () => {
    const id = await active('greatday_nomfa');
    const { dataAsOf } = world.card('greatday_nomfa');
    expect(member(await read(id), 'data', 'asOf')).toBe(new Date(dataAsOf ?? 0).toISOString());
  });

  it('has no code to scan, and says what to do instead', async () => {
    const id = await active('greatday_nomfa');
    expect(await world.mooring.get(`/v1/connections/${id}/qr`)).toMatchObject({
      status: 422,
      body: { code: 'capability_unsupported' },
    });
  });

  describe('deleting', () => {
    it('waits while Flinks is at work for the card, and is done later', async () => {
      const id = await created('greatday_nomfa');
      await world.mooring.read(id);
      const deleted = await world.mooring.call('DELETE', `/v1/connections/${id}`);
      expect(deleted.status).toBe(202);
      expect(await read(id)).toMatchObject({ state: { value: 'deleting' } });
      await world.mooring.watchFor(2 * MINUTE);
      expect((await world.mooring.read(id)).status).toBe(404);
      expect(world.flinks.state().cards).toEqual([]);
    });

    it('of a login that never succeeded needs nothing of Flinks', async () => {
      const id = await created('greatday_choice');
      expect((await world.mooring.call('DELETE', `/v1/connections/${id}`)).status).toBe(204);
      expect(world.flinks.calls({ method: 'DELETE' })).toEqual([]);
      expect((await world.mooring.read(id)).status).toBe(404);
    });

    it.each(['error', 'text'] as const)('finds a card that is gone already (%s)', async (deleteUnknown) => {
      world.flinks.configure({ deleteUnknown });
      const id = await active('greatday_nomfa');
      world.flinks.reset();
      expect((await world.mooring.call('DELETE', `/v1/connections/${id}`)).status).toBe(204);
      expect((await world.mooring.read(id)).status).toBe(404);
      world.flinks.configure({ deleteUnknown: 'error' });
    });
  });

  it('keeps password, answers, RequestId, token and LoginId to itself', async () => {
    const password = 'My-Very-Own-Password-1';
    world.flinks.setPassword('greatday_rounds', password);
    const login = { fields: { username: 'greatday_rounds', password } };
    const made = await create('greatday_rounds', login);
    const id = textAt(made.body, 'id');
    const shown: unknown[] = [made.body];
    const secrets = new Set([password, 'Chequing-Answer']);
    const [first] = fieldsOf(made.body);
    // A wrong answer that can be searched for.
    shown.push((await answer(id, { [first?.name ?? '']: 'Chequing-Answer' })).body);
    await answerAll(id);
    await world.mooring.until(id, 'active');
    shown.push((await world.mooring.post(`/v1/connections/${id}/refresh`, { userPresent: true })).body);
    for (const { requestId, loginId } of world.flinks.state().sessions) {
      secrets.add(requestId);
      if (loginId !== null) secrets.add(loginId);
    }
    secrets.add(world.card('greatday_rounds').loginId);
    for (const path of ['', '/events', '/explain'])
      shown.push((await world.mooring.get(`/v1/connections/${id}${path}`)).body);
    shown.push((await world.mooring.get('/admin/audit')).body);
    const places = { answers: JSON.stringify(shown), rows: await world.everything(), log: world.mooring.logText() };

    expect(secrets.size).toBeGreaterThanOrEqual(5);
    for (const [place, text] of Object.entries(places)) {
      const found = [...secrets, 'flinks-secret-key', 'flinks-api-key'].filter((secret) => text.includes(secret));
      expect({ place, found }).toEqual({ place, found: [] });
    }
  });
});
