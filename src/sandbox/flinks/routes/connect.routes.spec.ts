import { text } from '../../simulator/testing/json-answer.js';
import { DAY, FlinksDriver, MINUTE } from '../testing/flinks-driver.js';
import { walkConnect } from '../testing/connect-visitor.js';

const BACK = 'https://app.example/back?state=a%20b&x=1';
const redirect = encodeURIComponent(BACK);

describe('Connect', () => {
  let driver: FlinksDriver;

  beforeEach(async () => {
    driver = await FlinksDriver.start();
  });
  afterEach(() => FlinksDriver.stopAll());

  const address = (query: string) => `${driver.sim.connectUrl}/v2/?demo=true&redirectUrl=${redirect}${query}`;
  const walk = (query: string, username: string, password = 'Everyday') =>
    walkConnect(address(query), driver.sim.control, { username, password });
  const open = async (query: string) => {
    const page = await driver.call('GET', `/v2/?${query}`);
    const [, visit = ''] = /action="(\/v2\/visit\/[^"]+)"/.exec(page.text) ?? [];
    return { page, visit, post: (form: Record<string, string>) => driver.call('POST', visit, { form }) };
  };

  it('ends at the address that it was given, with the LoginId and the bank', async () => {
    const arrived = await walk('&tag=mine', 'greatday');
    const { cards } = driver.sim.control.state();
    expect(arrived).toBe(`${BACK}&loginId=${cards[0]?.loginId ?? ''}&institution=FlinksCapital&tag=mine`);
    expect(driver.sim.control.attempts()).toMatchObject([{ cause: 'connect', username: 'greatday' }]);
    driver.steps(2);
    const cached = await driver.cached(cards[0]?.loginId ?? '');
    expect((await driver.data('AccountsDetail', text(cached.body, 'RequestId'))).status).toBe(200);
  });

  it('a user finds consent, the bank, the login and the question, page by page', async () => {
    const { page, visit, post } = await open(`demo=true&redirectUrl=${redirect}`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('Refuse');
    const next = async (form: Record<string, string>) => {
      const posted = await post(form);
      expect([posted.status, posted.headers.get('location')]).toEqual([303, visit]);
      return (await driver.call('GET', visit)).text;
    };
    expect(await next({ action: 'next' })).toContain('FlinksCapital');
    expect(await next({ institution: '14' })).toContain('type="password"');
    expect(await next({ username: 'greatday', password: 'Everyday' })).toContain('What shape do people like most?');
    const done = await post({ 'answer.0': 'Triangle' });
    expect(done.headers.get('location')).toContain('loginId=');
  });

  it.each([
    ['greatday_choice', [{ 'answer.0': '0' }]],
    ['greatday_choices', [{ 'answer.0.0': 'on', 'answer.0.3': 'on' }]],
    ['greatday_image', [{ 'answer.0': '2' }]],
    ['greatday_phone', [{ 'answer.0': '1', 'way.0': 'Call' }, { 'answer.0': '123456' }]],
    ['greatday_together', [{ 'answer.0': 'Montreal', 'answer.1': 'Triangle' }]],
  ])('the form of %s leads back', async (username, forms) => {
    const { post, visit } = await open(`demo=true&consentEnable=false&redirectUrl=${redirect}`);
    let posted = await post({ institution: '14', username, password: 'Everyday' });
    for (const form of forms) {
      expect(posted.headers.get('location')).toBe(visit);
      expect((await driver.call('GET', visit)).text).toContain('<fieldset>');
      posted = await post(form);
    }
    expect(posted.headers.get('location')).toContain('loginId=');
  });

  it('tells what went wrong and lets the user try again', async () => {
    const { post, visit } = await open(`demo=true&redirectUrl=${redirect}`);
    const alert = async (form: Record<string, string>) => {
      await post(form);
      return /role="alert">(\w+)/.exec((await driver.call('GET', visit)).text)?.[1];
    };
    expect(await alert({ institution: '14', username: 'greatday', password: 'wrong' })).toBe('INVALID_PASSWORD');
    expect(await alert({ username: 'test_disabled_account', password: 'Everyday' })).toBe('DISABLED_LOGIN');
    expect(await alert({ username: 'greatday', password: 'Everyday' })).toBeUndefined();
    expect(await alert({ 'answer.0': 'Square' })).toBe('INVALID_SECURITY_RESPONSE');
    expect(await alert({})).toBe('INVALID_SECURITY_RESPONSE');
    expect(await alert({ responses: '{"Why?":["x"]}' })).toBe('UNKNOWN_CHALLENGE_KEY');
    expect(await alert({ 'answer.0': 'Square' })).toBe('INVALID_SECURITY_RESPONSE');
    expect(await alert({ 'answer.0': 'Square' })).toBe('INVALID_SECURITY_RESPONSE_NO_RETRY');
    expect((await post({ username: 'greatday_nomfa', password: 'Everyday' })).headers.get('location')).toContain(
      'loginId=',
    );
  });

  it('a question that nobody answers leads back to the login', async () => {
    const { post, visit } = await open('demo=true');
    await post({ institution: '14', username: 'greatday', password: 'Everyday' });
    driver.clock.advance(8 * MINUTE);
    const { text: page } = await driver.call('GET', visit);
    expect([page.includes('SESSION_EXPIRED'), page.includes('type="password"')]).toEqual([true, true]);
  });

  it.each(['close', 'deny'])('a user who leaves (%s) connects nothing', async (action) => {
    const { post, visit } = await open(`demo=true&redirectUrl=${redirect}`);
    await post({ action });
    expect((await driver.call('GET', visit)).text).toContain('Nothing was connected');
    expect((await post({ username: 'greatday_nomfa', password: 'Everyday', institution: '14' })).status).toBe(410);
    expect(driver.sim.control.state().cards).toEqual([]);
  });

  it('shows the test institution in demo mode only', async () => {
    const banks = async (demo: boolean) => (await open(`demo=${String(demo)}&consentEnable=false`)).page.text;
    expect(await banks(true)).toContain('FlinksCapital');
    expect(await banks(false)).not.toContain('FlinksCapital');
    expect(await banks(false)).toContain('Maple Demo Bank');
    expect(await banks(false)).not.toContain('Closed Demo Bank');
    expect((await open('language=fr&consentEnable=false')).page.text).toContain('Banque démo Érable');
  });

  it('its parameters count: language, scheduled refresh, statements', async () => {
    await walk('&language=fr&scheduleRefresh=true', 'greatday');
    const [card] = driver.sim.control.state().cards;
    expect(card).toMatchObject({ language: 'fr', isScheduledRefresh: true });
    driver.steps(3);
    const statements = async () => {
      const cached = await driver.cached(card?.loginId ?? '');
      return (await driver.data('Statements', text(cached.body, 'RequestId'))).body;
    };
    expect(await statements()).toMatchObject({ FlinksCode: 'METHOD_NOT_AVAILABLE' });
    await walk('&language=fr&detailsAndStatementEnable=true', 'greatday');
    driver.steps(3);
    expect(await statements()).toMatchObject({ HttpStatusCode: 200 });
    await walk('&language=fr', 'greatday');
    driver.steps(3);
    expect(await statements()).toMatchObject({ HttpStatusCode: 200 });
  });

  it('a bank in the address spares its page, and the login stays the same', async () => {
    const loginId = await driver.connected('greatday');
    driver.sim.control.setPassword('greatday', 'Newer');
    for (const path of ['/v2/Credential/14', '/v2//Credential/14']) {
      const back = `${driver.sim.connectUrl}${path}?redirectUrl=${redirect}`;
      const arrived = await walkConnect(back, driver.sim.control, { username: 'Greatday', password: 'Newer' });
      expect(arrived).toContain(`loginId=${loginId}`);
      driver.steps(2);
    }
    expect((await driver.call('GET', '/v2/Credential/999')).status).toBe(404);
  });

  it('resumes a waiting session by its RequestId', async () => {
    const loginId = await driver.connected('greatday');
    const json = { LoginId: loginId, MostRecentCached: false, Save: true, Tag: 'mine' };
    const begun = await driver.bank('POST', 'AuthorizeAsync', { json });
    const RequestId = text(begun.body, 'RequestId');
    const resume = `${driver.sim.connectUrl}/v2/?requestId=${RequestId}&redirectUrl=${redirect}`;
    expect(await (await fetch(resume)).text()).toContain('at work');
    driver.steps(1);
    expect(await walkConnect(resume, driver.sim.control, null)).toBe(
      `${BACK}&loginId=${loginId}&institution=FlinksCapital&tag=mine`,
    );
    driver.steps(2);
    expect((await driver.cached(loginId)).status).toBe(200);
    expect((await driver.call('GET', '/v2/?requestId=nope')).text).toContain('SESSION_NONEXISTENT');
  });

  it('a resumed session that died asks for the login', async () => {
    const loginId = await driver.connected('greatday');
    const { body } = await driver.refresh(loginId);
    driver.clock.advance(8 * MINUTE);
    const late = await driver.call('GET', `/v2/?requestId=${text(body, 'RequestId')}`);
    expect([late.status, late.text.includes('SESSION_EXPIRED')]).toEqual([401, true]);
  });

  it('without an address to go to it shows the result', async () => {
    const { post, visit } = await open('demo=true');
    await post({ institution: '14', username: 'greatday_nomfa', password: 'Everyday' });
    expect((await driver.call('GET', visit)).text).toContain('loginId=');
  });

  it.each(['redirectUrl=javascript%3Aalert(1)', 'demo=maybe', 'language=de'])('refuses %s', async (query) => {
    expect((await driver.call('GET', `/v2/?${query}`)).status).toBe(400);
  });

  it('forgets a visit after a day, and keeps its secrets out of the log', async () => {
    const { visit } = await open(`redirectUrl=${redirect}&authorizeToken=hush`);
    const log = JSON.stringify(driver.sim.control.calls());
    expect(log).toContain('"path":"/v2/","query":"redirectUrl=&authorizeToken="');
    await driver.call('GET', visit);
    expect(driver.sim.control.calls().at(-1)).toMatchObject({ path: visit, query: '' });
    for (const secret of ['hush', 'app.example']) expect(log).not.toContain(secret);
    driver.clock.advance(2 * DAY);
    expect((await driver.call('GET', visit)).status).toBe(410);
  });
});

describe('Connect behind a token', () => {
  afterEach(() => FlinksDriver.stopAll());

  it('opens once for each token, and a reload goes on', async () => {
    const driver = await FlinksDriver.start({ secretKey: 'sim-secret' });
    expect((await driver.call('GET', '/v2/?demo=true')).text).toContain('TOKEN_INVALID');
    const path = `/v2/?demo=true&authorizeToken=${await driver.token('sim-secret')}`;
    const form = async () => /action="([^"]+)"/.exec((await driver.call('GET', path)).text)?.[1] ?? '';
    const visit = await form();
    expect(await form()).toBe(visit);
    const login = { institution: '14', username: 'greatday_nomfa', password: 'Everyday' };
    await driver.call('POST', visit, { form: login });
    driver.clock.advance(30 * MINUTE);
    expect((await driver.call('GET', path)).status).toBe(410);
    expect((await driver.call('GET', '/v2/?authorizeToken=sim-secret')).status).toBe(401);
  });
});
