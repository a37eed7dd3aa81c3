import { randomUUID } from 'node:crypto';

import { member, textAt } from '../../src/sandbox/rest-client.js';
import type { FaultAction } from '../../src/sandbox/simulator/faults.js';
import { SandboxApp, STEP_MS, type Answer } from '../factories/sandbox-app.factory.js';

const OTHER_LOGIN = { fields: { username: 'u10000002', password: 'abc123' } };

describe('deletion', () => {
  let mooring: SandboxApp;

  beforeAll(async () => {
    mooring = await SandboxApp.start();
  });

  beforeEach(async () => {
    await mooring.forget();
  });

  afterAll(async () => {
    await mooring.close();
  });

  const locationOf = ({ headers }: Answer) => headers.get('location') ?? 'none';
  const remove = (path: string) => mooring.call('DELETE', path);
  const providerDown = (path: string, action: FaultAction = { kind: 'respond', status: 503 }) =>
    mooring.tink.addFault({ method: 'DELETE', path, times: null, action });

  describe('of a connection', () => {
    it('takes it away upstream first, then here, and keeps its history without secrets', async () => {
      const userId = await mooring.user();
      const id = await mooring.active({ userId });

      expect((await remove(`/v1/connections/${id}`)).status).toBe(204);

      expect(mooring.credentialsOf(userId)).toEqual([]);
      for (const path of ['', '/events', '/explain', '/qr']) {
        expect(await mooring.get(`/v1/connections/${id}${path}`)).toMatchObject({
          status: 404,
          body: { code: 'connection.not_found' },
        });
      }
      expect(member((await mooring.get(`/v1/connections?userId=${userId}`)).body, 'data')).toEqual([]);
      const events = await mooring.sql('SELECT to_state FROM connection_events WHERE connection_id = $1 ORDER BY seq', [
        id,
      ]);
      expect(events.slice(-2)).toEqual([{ to_state: 'deleting' }, { to_state: 'deleted' }]);
      const [row] = await mooring.sql(
        'SELECT credential_sealed, credential_lookup, fingerprint, challenge_sealed FROM connections WHERE id = $1',
        [id],
      );
      expect(Object.values(row ?? { none: 1 })).toEqual([null, null, null, null]);
    });

    it('is done when the provider has lost it already', async () => {
      const userId = await mooring.user();
      const id = await mooring.active({ userId });
      mooring.tink.reset();

      expect((await remove(`/v1/connections/${id}`)).status).toBe(204);
      expect((await mooring.read(id)).status).toBe(404);
    });

    it('has the same receipt a second time, and none for what never was', async () => {
      const id = await mooring.active();
      const first = await remove(`/v1/connections/${id}`);
      const calls = mooring.calls({});

      const second = await remove(`/v1/connections/${id}`);

      expect([second.status, locationOf(second)]).toEqual([204, locationOf(first)]);
      expect(mooring.calls({})).toBe(calls);
      expect(await remove(`/v1/connections/${randomUUID()}`)).toMatchObject({
        status: 404,
        body: { code: 'connection.not_found' },
      });
    });

    it.each<[string, FaultAction, number]>([
      ['is down', { kind: 'respond', status: 503 }, 30_000],
      ['cuts the line', { kind: 'reset' }, 30_000],
      ['limits our calls', { kind: 'respond', status: 429, headers: { 'Retry-After': '7' } }, 7_000],
    ])('goes on by itself when the provider %s, and is finished by the watcher', async (_trouble, action, pauseMs) => {
      const userId = await mooring.user();
      const id = await mooring.active({ userId });
      const fault = providerDown('/credentials/', action);

      const accepted = await remove(`/v1/connections/${id}`);
      expect(accepted.status).toBe(202);
      expect(accepted.body).toEqual({ receipt: locationOf(accepted).split('/').at(-1), status: 'pending' });
      expect((await mooring.get(locationOf(accepted))).body).toMatchObject({
        status: 'pending',
        upstream: null,
        hash: null,
      });
      expect((await mooring.read(id)).body).toMatchObject({
        state: { value: 'deleting' },
        nextAction: { kind: 'wait' },
      });
      expect(await mooring.post(`/v1/connections/${id}/authenticate`, {})).toMatchObject({
        status: 409,
        body: { code: 'connection.deleting' },
      });
      expect((await mooring.post(`/v1/connections/${id}/refresh`, {})).status).toBe(409);

      mooring.tink.clearFaults(fault);
      mooring.tink.clearCalls();
      mooring.advance(pauseMs - 1);
      await mooring.watch();
      expect(mooring.calls({ method: 'DELETE' })).toBe(0);
      mooring.advance(1);
      await mooring.watch();

      expect((await mooring.read(id)).status).toBe(404);
      expect(mooring.credentialsOf(userId)).toEqual([]);
      expect((await mooring.get(locationOf(accepted))).body).toMatchObject({
        ...{ status: 'completed', subject: { kind: 'connection', id }, upstream: { answer: 'deleted' } },
      });
    });

    it('is safe when two ask at once', async () => {
      const userId = await mooring.user();
      const id = await mooring.active({ userId });

      const answers = await Promise.all([remove(`/v1/connections/${id}`), remove(`/v1/connections/${id}`)]);

      expect(answers.map(({ status }) => status)).toEqual([204, 204]);
      expect(new Set(answers.map(locationOf)).size).toBe(1);
      expect(await mooring.states(id).catch(() => 'gone')).toBe('gone');
      expect(mooring.credentialsOf(userId)).toEqual([]);
    });

    it('of one that moves ends the movement', async () => {
      const userId = await mooring.user();
      const id = await mooring.connected({ userId });

      expect((await remove(`/v1/connections/${id}`)).status).toBe(204);
      await mooring.watchFor(3 * STEP_MS);

      expect((await mooring.read(id)).status).toBe(404);
    });
  });

  describe('of a user', () => {
    it('stands in the audit log with who asked for it, before anything is deleted', async () => {
      const userId = await mooring.user();
      mooring.tink.addFault({ method: 'POST', path: '/user/delete$', action: { kind: 'respond', status: 503 } });

      await remove(`/v1/users/${userId}`);

      const entries = await mooring.sql('SELECT actor, action, request_id FROM audit_entries WHERE subject = $1', [
        `user:${userId}`,
      ]);
      expect(entries).toEqual([
        {
          actor: expect.stringMatching(/^client:[0-9a-f-]{36}$/) as string,
          action: 'user.deletion_requested',
          request_id: expect.any(String) as string,
        },
      ]);
    });

    it('takes all connections, the provider user and every cached answer, and frees the external id', async () => {
      const userId = await mooring.user('cust-erased');
      const ids = [await mooring.active({ userId }), await mooring.active({ userId, ...OTHER_LOGIN })];
      await mooring.get(`/v1/users/${userId}`);
      await mooring.get(`/v1/connections?userId=${userId}`);

      expect((await remove(`/v1/users/${userId}`)).status).toBe(204);

      expect(mooring.tink.state().users.map((user) => user.externalUserId)).not.toContain(userId);
      expect(await mooring.get(`/v1/users/${userId}`)).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
      for (const id of ids) expect((await mooring.read(id)).status).toBe(404);
      expect(member((await mooring.get(`/v1/connections?userId=${userId}`)).body, 'data')).toEqual([]);
      expect(member((await mooring.get('/v1/users?externalUserId=cust-erased')).body, 'data')).toEqual([]);
      const again = await mooring.post('/v1/users', { externalUserId: 'cust-erased' });
      expect(again.status).toBe(201);
      expect(textAt(again.body, 'id')).not.toBe(userId);
    });

    it('leaves nothing that names the person', async () => {
      const userId = await mooring.user('cust-with-a-name');
      await mooring.active({ userId, reference: 'reference-with-a-name' });

      await remove(`/v1/users/${userId}`);

      const rows = await mooring.sql<{ text: string }>(`
        SELECT row_to_json(u)::text AS text FROM users u UNION ALL SELECT row_to_json(c)::text FROM connections c
        UNION ALL SELECT row_to_json(e)::text FROM connection_events e`);
      expect(rows.filter(({ text }) => text.includes('with-a-name'))).toEqual([]);
      expect(await mooring.sql('SELECT 1 FROM provider_users WHERE user_id = $1', [userId])).toEqual([]);
    });

    it('needs no provider for a user that none ever saw', async () => {
      const userId = await mooring.user();
      mooring.tink.clearCalls();

      expect((await remove(`/v1/users/${userId}`)).status).toBe(204);
      expect(mooring.calls({})).toBe(0);
    });

    it('goes on by itself when the provider is down: nothing new is begun, and the watcher finishes it', async () => {
      const userId = await mooring.user();
      const id = await mooring.active({ userId });
      const fault = providerDown('/credentials/');

      const accepted = await remove(`/v1/users/${userId}`);
      expect(accepted.status).toBe(202);
      expect((await mooring.get(locationOf(accepted))).body).toMatchObject({
        ...{ status: 'pending', subject: { kind: 'user', id: userId } },
      });
      expect(await mooring.connect({ userId, ...OTHER_LOGIN })).toMatchObject({
        status: 409,
        body: { code: 'user.deleting' },
      });
      const grant = { provider: 'tink', scope: ['accounts:read'] };
      expect(await mooring.post(`/v1/users/${userId}/authorization-grants`, grant)).toMatchObject({
        status: 409,
        body: { code: 'user.deleting' },
      });

      mooring.tink.clearFaults(fault);
      for (let tick = 0; tick < 3; tick++) {
        mooring.advance(31_000);
        await mooring.watch();
      }

      expect((await mooring.get(`/v1/users/${userId}`)).status).toBe(404);
      expect((await mooring.read(id)).status).toBe(404);
      expect(mooring.tink.state().users.map((user) => user.externalUserId)).not.toContain(userId);
    });

    it('goes on when only the provider user could not be deleted', async () => {
      const userId = await mooring.user();
      await mooring.active({ userId });
      const fault = mooring.tink.addFault({
        path: '/user/delete$',
        times: null,
        action: { kind: 'respond', status: 500 },
      });

      expect((await remove(`/v1/users/${userId}`)).status).toBe(202);
      mooring.tink.clearFaults(fault);
      mooring.advance(31_000);
      await mooring.watch();

      expect((await mooring.get(`/v1/users/${userId}`)).status).toBe(404);
      expect(mooring.tink.state().users.map((user) => user.externalUserId)).not.toContain(userId);
    });

    it('leaves no credential of a creation that was under way', async () => {
      const userId = await mooring.user();
      mooring.tink.addFault({ method: 'POST', path: '/credentials$', action: { kind: 'accept-then-reset' } });
      expect((await mooring.connect({ userId })).status).toBe(503);
      expect(mooring.credentialsOf(userId)).toHaveLength(1);

      expect((await remove(`/v1/users/${userId}`)).status).toBe(202);
      for (let tick = 0; tick < 4; tick++) {
        mooring.advance(31_000);
        await mooring.watch();
      }

      expect(mooring.tink.state().users.map((user) => user.externalUserId)).not.toContain(userId);
      expect(mooring.credentialsOf(userId)).toEqual([]);
      expect(await mooring.sql('SELECT 1 FROM connection_creations')).toEqual([]);
      expect(
        await mooring.sql('SELECT 1 FROM connections WHERE user_id = $1 AND deleted_at IS NULL', [userId]),
      ).toEqual([]);
    });
  });
});
