import { member, textAt } from '../../src/sandbox/rest-client.js';
import { GOOD_LOGIN, SandboxApp } from '../factories/sandbox-app.factory.js';

const EMBEDDED = 'se-demobank-open-banking-embedded';

describe('the explanation of a connection', () => {
  let mooring: SandboxApp;

  beforeAll(async () => {
    mooring = await SandboxApp.start();
  });

  afterAll(async () => {
    await mooring.close();
  });

  const explained = async (id: string) => (await mooring.get(`/v1/connections/${id}/explain`)).body;

  it('counts the quota and tells of attempts, newest first', async () => {
    const id = await mooring.active();
    expect(await explained(id)).toMatchObject({
      ...{ attempts: [], quota: { unattendedPerDay: 4, unattendedLeft: 4, attendedSpent: 0 } },
      login: { wrongLogins: 0, guarded: false },
    });
    await mooring.post(`/v1/connections/${id}/refresh`, { userPresent: false });
    await mooring.until(id, 'active');
    mooring.advance(60_000);
    await mooring.post(`/v1/connections/${id}/refresh`, { userPresent: true });
    await mooring.until(id, 'active');

    const body = await explained(id);

    expect(body).toMatchObject({
      quota: { unattendedSpent: 1, unattendedLeft: 3, attendedSpent: 1 },
      attempts: [
        { attended: true, trigger: 'api', outcome: 'accepted', spent: true },
        { attended: false, trigger: 'api', outcome: 'accepted', spent: true },
      ],
      ...{ nextAction: { kind: 'none', by: 'nobody' }, data: { status: 'fresh' } },
    });
    const connection = (await mooring.read(id)).body;
    expect(member(body, 'sync', 'nextSyncAt')).toBe(member(connection, 'sync', 'nextAt'));
    expect(member(body, 'upcoming')).toContainEqual({
      at: textAt(connection, 'sync', 'nextAt'),
      what: 'sync',
      by: 'mooring',
    });
    mooring.advance(24 * 3_600_000);
    expect(await explained(id)).toMatchObject({ quota: { unattendedLeft: 4, attendedSpent: 0 } });
  });

  it('tells of a pause, and that nothing comes meanwhile', async () => {
    const id = await mooring.active({ fields: { ...GOOD_LOGIN, username: 'u10000002' } });
    await mooring.post(`/v1/connections/${id}/pause`);
    const body = await explained(id);
    expect(textAt(body, 'sync', 'text')).toMatch(/^Syncing is paused since .*until somebody resumes it\.$/);
    expect(textAt(body, 'summary')).toContain('Who acts: operator.');
    expect((member(body, 'upcoming') as { what: string }[]).map(({ what }) => what)).not.toContain('sync');
  });

  it('names the question to the user and shows nothing of it', async () => {
    const userId = await mooring.user();
    const id = await mooring.connected({ userId, institutionId: EMBEDDED });
    await mooring.until(id, 'awaiting_user');
    const answer = await mooring.get(`/v1/connections/${id}/explain`);
    expect(answer.body).toMatchObject({
      nextAction: { kind: 'submit_information', by: 'user' },
      sync: { text: 'No sync is planned until the user has answered.', nextSyncAt: null },
    });
    expect(member(answer.body, 'nextAction')).not.toHaveProperty('fields');
    const text = answer.bytes.toString();
    for (const secret of [
      GOOD_LOGIN.password,
      mooring.credentialOf(userId).id,
      ...Object.values(mooring.credentialOf(userId).expectedAnswer ?? {}),
    ]) {
      expect(text).not.toContain(secret);
    }
    expect(member(answer.body, 'upcoming') as { what: string; by: string }[]).toContainEqual(
      expect.objectContaining({ what: 'deadline', by: 'user' }),
    );
  });
});
