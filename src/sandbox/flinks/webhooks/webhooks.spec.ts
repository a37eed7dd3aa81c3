import { createHmac } from 'node:crypto';
import { objects, parseObject, part } from '../../simulator/testing/json-answer.js';
import { DAY, FlinksDriver, MINUTE } from '../testing/flinks-driver.js';
import { WebhookCatcher } from '../testing/webhook-catcher.js';
import type { FlinksControl } from '../flinks-simulator.types.js';

const SECRET = 'sim-hmac-key';

describe('webhooks', () => {
  let catcher: WebhookCatcher;
  let driver: FlinksDriver;
  let control: FlinksControl;

  beforeEach(async () => {
    catcher = await WebhookCatcher.start();
    driver = await FlinksDriver.start({ webhookUrl: catcher.url, webhookSecret: SECRET });
    ({ control } = driver.sim);
  });
  afterEach(async () => {
    await FlinksDriver.stopAll();
    await catcher.close();
  });

  const bodies = () => catcher.caught.map(({ body }) => parseObject(body.toString()));
  const types = () => bodies().map(({ ResponseType }) => ResponseType);
  const signature = (body: Buffer) => createHmac('sha256', SECRET).update(body).digest('base64');
  const signed = () =>
    catcher.caught.map(({ headers, body }) => headers['flinks-authenticity-key'] === signature(body));
  const told = async (username = 'greatday_nomfa') => {
    const loginId = await driver.connected(username, { Tag: 'cust-1' });
    await control.webhooks.idle();
    return loginId;
  };

  it('tell of data when they are there: first who, then what, signed', async () => {
    await driver.signIn('greatday_nomfa', { Tag: 'cust-1' });
    await control.webhooks.idle();
    expect(catcher.caught).toEqual([]);
    driver.steps(3);
    await control.webhooks.idle();
    expect(types()).toEqual(['KYC', 'GetAccountsDetail']);
    expect(signed()).toEqual([true, true]);
    const [kyc = {}, detail = {}] = bodies();
    const [loginId] = control.state().cards.map((card) => card.loginId);
    for (const body of [kyc, detail]) {
      expect(body).toMatchObject({ HttpStatusCode: 200, Institution: 'FlinksCapital', Tag: 'cust-1' });
      expect(part(body, 'Login')).toMatchObject({ Id: loginId });
    }
    expect(objects(kyc, 'Holders')).toHaveLength(1);
    expect(objects(detail, 'Accounts')).toHaveLength(9);
    expect(kyc).not.toHaveProperty('Accounts');
  });

  it('tell of every night, and of nothing when nothing came', async () => {
    const loginId = control.link({ username: 'greatday_nomfa', scheduleRefresh: true });
    await driver.cached(loginId);
    await control.webhooks.idle();
    expect(catcher.caught).toEqual([]);
    driver.clock.advance(DAY);
    await control.webhooks.idle();
    expect(types()).toEqual(['KYC', 'GetAccountsDetail']);
    control.script({ username: 'greatday_nomfa', at: 'authorize', code: 'RETRY_LATER' });
    driver.clock.advance(DAY);
    await driver.cached(loginId);
    await control.webhooks.idle();
    expect(catcher.caught).toHaveLength(2);
  });

  it('are repeated every half hour until the answer is 200, ten times at most', async () => {
    catcher.answers.push(204, 500, 200, ...Array<number>(20).fill(503));
    await told();
    expect(control.webhooks.list()).toMatchObject([
      { responseType: 'KYC', state: 'waiting', attempts: [{ status: 204 }] },
      { responseType: 'GetAccountsDetail', state: 'waiting', attempts: [{ status: 500 }] },
    ]);
    for (let attempt = 0; attempt < 12; attempt += 1) {
      driver.clock.advance(30 * MINUTE);
      await control.webhooks.idle();
    }
    const [kyc, detail] = control.webhooks.list();
    expect(kyc).toMatchObject({ state: 'delivered', attempts: [{ status: 204 }, { status: 200 }] });
    expect(detail?.state).toBe('given_up');
    expect(detail?.attempts).toHaveLength(10);
    expect(
      new Set(
        catcher.caught
          .slice(1)
          .filter((_one, n) => n !== 1)
          .map(({ body }) => body.toString()),
      ).size,
    ).toBe(1);
  });

  it('can be held and let go in the other order', async () => {
    control.webhooks.configure({ hold: true });
    await told();
    expect(catcher.caught).toEqual([]);
    expect(control.webhooks.list().map(({ state }) => state)).toEqual(['held', 'held']);
    expect(control.webhooks.release('reversed')).toBe(2);
    await control.webhooks.idle();
    expect(types()).toEqual(['GetAccountsDetail', 'KYC']);
    expect(control.webhooks.release()).toBe(0);
  });

  it('can be late', async () => {
    control.webhooks.configure({ delayMs: 5 * MINUTE });
    await told();
    driver.clock.advance(5 * MINUTE - 1);
    await control.webhooks.idle();
    expect(catcher.caught).toEqual([]);
    driver.clock.advance(1);
    await control.webhooks.idle();
    expect(catcher.caught).toHaveLength(2);
  });

  it('can come twice, byte by byte the same', async () => {
    await told();
    const [first] = control.webhooks.list();
    const copy = control.webhooks.duplicate(first?.id ?? '');
    await control.webhooks.idle();
    expect(catcher.caught[2]?.body).toEqual(catcher.caught[0]?.body);
    expect(control.webhooks.list()[2]).toMatchObject({ id: copy, duplicateOf: first?.id, state: 'delivered' });
    expect(() => control.webhooks.duplicate('webhook-99')).toThrow('webhook-99');
  });

  it('can lie', async () => {
    const loginId = await told();
    catcher.answers.push(401, 401, 401);
    for (const forgery of ['unsigned', 'wrong_secret', 'changed_body'] as const)
      control.webhooks.forge(loginId, forgery);
    await control.webhooks.idle();
    expect(signed()).toEqual([true, true, false, false, false]);
    expect(catcher.caught[2]?.headers).not.toHaveProperty('flinks-authenticity-key');
    expect(bodies()[3]).toMatchObject({ ResponseType: 'GetAccountsDetail', Login: { Id: loginId } });
    driver.clock.advance(DAY);
    await control.webhooks.idle();
    expect(control.webhooks.list().slice(2)).toMatchObject([
      { forged: 'unsigned', state: 'given_up', attempts: [{ status: 401 }] },
      { forged: 'wrong_secret', state: 'given_up' },
      { forged: 'changed_body', state: 'given_up' },
    ]);
  });

  it('have the other header on request, and none without a secret', async () => {
    control.webhooks.configure({ header: 'X-Flinks-Signature' });
    await told();
    const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }] = catcher.caught;
    expect(headers['x-flinks-signature']).toBe(signature(body));
    const plain = await FlinksDriver.start({ webhookUrl: catcher.url });
    await plain.connected();
    await plain.sim.control.webhooks.idle();
    expect(Object.keys(catcher.caught.at(-1)?.headers ?? {}).some((name) => name.includes('flinks'))).toBe(false);
  });

  it('end with the simulator, also one that hangs', async () => {
    catcher.answers.push('hang');
    await driver.connected();
    control.state();
    await catcher.hanging;
    await driver.stop();
    expect(catcher.caught).toHaveLength(1);
  });

  it('that nobody takes cost nothing', async () => {
    await catcher.close();
    await told();
    expect(control.webhooks.list()).toMatchObject([{ attempts: [{ status: null }] }, { attempts: [{ status: null }] }]);
    catcher = await WebhookCatcher.start();
  });

  it('are steered over HTTP too', async () => {
    const sim = async (path: string, json: object = {}) =>
      (await driver.call('POST', `/__sim/webhooks${path}`, { json })).body;
    expect(await sim('/manner', { hold: true, delayMs: 0, header: 'X-Flinks-Signature' })).toEqual({
      ...{ hold: true, delayMs: 0, header: 'X-Flinks-Signature' },
    });
    const loginId = await told();
    expect(await sim('/release', { order: 'reversed' })).toEqual({ released: 2 });
    expect(objects(await sim('/idle'), 'webhooks')).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }]);
    expect(await sim('/webhook-1/duplicate')).toEqual({ id: 'webhook-3' });
    expect(await sim('/forge', { loginId, forgery: 'unsigned' })).toEqual({ id: 'webhook-4' });
    await control.webhooks.idle();
    expect(objects((await driver.call('GET', '/__sim/webhooks')).body, 'webhooks')).toHaveLength(4);
    expect(JSON.stringify(control.webhooks.list())).not.toContain('Accounts"');
    expect((await driver.call('POST', '/__sim/webhooks/manner', { json: { delayMs: -1 } })).status).toBe(401);
    const silent = await FlinksDriver.start();
    expect((await silent.call('POST', '/__sim/webhooks/release')).status).toBe(404);
    expect((await silent.call('GET', '/__sim/webhooks')).body).toEqual({ webhooks: [] });
  });
});
