import { DeleteUser } from '../../src/erasure/delete-user.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import { happens } from '../factories/happens.js';
import type { Answer } from '../factories/sandbox-app.factory.js';
import { onwards, ThreeProviders } from '../factories/three-providers.factory.js';
import { road, Walker } from './link-walk.js';

const CARD = 'greatday_nomfa';
const SLOW_MS = 500;
/** Retries of deletions and discarded credentials come within this. */
const WORKER_MINUTES = 12;

/** Whatever a call brings that was under way when the deletion began: the provider has it, and must not keep it. */
describe('a deletion while Flinks is at work', () => {
  let world: ThreeProviders;
  let walker: Walker;

  beforeAll(async () => {
    world = await ThreeProviders.start();
    walker = new Walker(world);
  });

  beforeEach(async () => {
    await world.forget();
    await world.mooring.sql('DELETE FROM former_credentials');
  });

  afterAll(async () => {
    await world.close();
  });

  /** @returns what `act` was answered, and the deletion that came while Flinks worked on it. */
  async function deletedDuring(path: string, act: () => Promise<Answer>) {
    world.flinks.clearCalls();
    world.flinks.addFault({ path: '/Authorize$', action: { kind: 'delay', ms: SLOW_MS } });
    const acting = act();
    await happens('the login at Flinks', () => world.flinks.calls({ path: '/Authorize$' }).length > 0);
    const deletion = await world.mooring.call('DELETE', path);
    return { answer: await acting, deletion };
  }

  async function work(): Promise<void> {
    for (let minute = 0; minute < WORKER_MINUTES; minute += 1) {
      world.mooring.advance(60_000);
      await world.mooring.watch();
      await world.recoverVisits();
      await walker.retire();
      await world.mooring.inside(DeleteUser).resume();
    }
  }

  async function receipts(userId: string): Promise<object[]> {
    return world.mooring.sql(
      `SELECT subject_kind AS kind, upstream_answer AS answer, completed_at IS NOT NULL AS done
         FROM deletion_receipts WHERE user_id = $1 ORDER BY id`,
      [userId],
    );
  }

  async function expectNothingLeft(userId: string): Promise<void> {
    expect(world.flinks.state().cards).toEqual([]);
    expect(await walker.formers(userId)).toEqual([]);
    expect(
      await world.mooring.sql('SELECT state FROM connections WHERE user_id = $1 AND deleted_at IS NULL', [userId]),
    ).toEqual([]);
  }

  it('takes the card that a new login makes', async () => {
    const userId = await world.mooring.user();
    const id = textAt((await walker.create(userId, CARD, 'wrong')).body, 'id');
    const { answer, deletion } = await deletedDuring(`/v1/connections/${id}`, () =>
      world.mooring.call('PUT', `/v1/connections/${id}/login`, {
        body: { fields: { username: CARD, password: 'Everyday' } },
      }),
    );
    expect(deletion.status).toBe(202);
    expect([answer.status, textAt(answer.body, 'code')]).toEqual([409, 'connection.deleting']);

    await work();

    await expectNothingLeft(userId);
    expect(await receipts(userId)).toEqual([{ kind: 'connection', answer: 'deleted', done: true }]);
  });

  it('takes the card that an answer to a question makes', async () => {
    const userId = await world.mooring.user();
    const made = await walker.create(userId, 'Greatday');
    const id = textAt(made.body, 'id');
    const answers = (member(member(made.body, 'nextAction'), 'fields') as { name: string; label: string }[]).map(
      ({ name, label }) => ({ name, value: ANSWERS[label] }),
    );
    const { answer, deletion } = await deletedDuring(`/v1/connections/${id}`, () =>
      world.mooring.post(`/v1/connections/${id}/supplemental-information`, { fields: answers }),
    );
    expect([deletion.status, answer.status]).toEqual([202, 409]);

    await work();

    await expectNothingLeft(userId);
  });

  it('takes the card that a visit for a new login made', async () => {
    const userId = await world.mooring.user();
    const id = textAt((await walker.create(userId, CARD, 'wrong')).body, 'id');
    const visit = await world.begin({ userId, provider: 'flinks', purpose: 'update_login', connectionId: id });
    world.mooring.advance(1000);
    const callback = await road('flinks').walk(world, visit.url, CARD);
    expect((await world.mooring.call('DELETE', `/v1/connections/${id}`)).status).toBe(204);

    expect(onwards(await world.comeBack(callback))).toMatchObject({ problem: 'connection.not_found' });
    await work();

    await expectNothingLeft(userId);
  });

  it('of its user waits for a creation', async () => {
    const userId = await world.mooring.user();
    const { deletion } = await deletedDuring(`/v1/users/${userId}`, () => walker.create(userId, CARD));
    expect(deletion.status).toBe(202);

    await work();

    await expectNothingLeft(userId);
    expect((await world.mooring.get(`/v1/users/${userId}`)).status).toBe(404);
  });

  it('is not over while a credential of before is there', async () => {
    const userId = await world.mooring.user();
    const id = await walker.connected('flinks', CARD, userId);
    const tink = road('tink');
    await walker.visit(tink.name, tink.login(), { userId, connectionId: id, purpose: 'connect' });
    await world.mooring.until(id, 'active');
    const refuse = { path: '/DeleteCard', times: 3, action: { kind: 'respond', status: 429 } } as const;
    world.flinks.addFault(refuse);

    expect((await world.mooring.call('DELETE', `/v1/users/${userId}`)).status).toBe(202);
    expect((await receipts(userId)).filter((each) => (each as { done: boolean }).done)).toEqual([]);
    await work();

    await expectNothingLeft(userId);
    expect((await world.mooring.get(`/v1/users/${userId}`)).status).toBe(404);
  });
});

const ANSWERS: Readonly<Record<string, string>> = {
  'What city were you born in?': 'Montreal',
  'What is the best country on earth?': 'Canada',
  'What shape do people like most?': 'Triangle',
};
