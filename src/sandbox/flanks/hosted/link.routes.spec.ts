import { text } from '../../simulator/testing/json-answer.js';
import { FlanksDriver, LOAD_MS, RETURN } from '../testing/flanks-driver.js';

const queryOf = (url: URL | null) => Object.fromEntries(url?.searchParams ?? []);

describe('the Link page', () => {
  let driver: FlanksDriver;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
  });
  afterEach(() => driver.sim.close());

  const open = async (query: Record<string, string> = {}) => {
    const response = await fetch(driver.linkUrl(query));
    return { status: response.status, html: await response.text(), headers: response.headers };
  };

  it('offers the banks, and goes past them with a bank in the address', async () => {
    const picker = await open();
    expect([picker.status, picker.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(picker.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(picker.html).toContain('<button name="bank" value="testbank">TestBank</button>');
    expect((await open({ bank: 'testbank' })).html).toContain('Sign in at TestBank');
    expect((await open({ bank: 'nobank' })).html).toContain('This bank is not here.');
  });

  it('sends the user back with a code and the extras', async () => {
    const { status, location } = await driver.walk({
      bank: 'testbank',
      external_id: 'u',
      rollback: 'true',
      state: 's 1&2',
    });
    expect(status).toBe(303);
    expect(location?.href.split('?', 1)[0]).toBe(RETURN);
    expect(queryOf(location)).toEqual({ code: expect.stringMatching(/^[0-9a-f]{40}$/) as string, state: 's 1&2' });
    driver.sim.control.setSwitches({ extrasOnSuccess: false });
    const other = await driver.walk({ state: 's' }, { username: 'eva' });
    expect(Object.keys(queryOf(other.location))).toEqual(['code']);
  });

  it('keeps the query that the return address has', async () => {
    await driver.post('/v0/links/edit-link', { token: driver.link, redirect_uri: `${RETURN}?tenant=7` });
    expect(Object.keys(queryOf((await driver.walk({ state: 's' })).location))).toEqual(['tenant', 'state', 'code']);
  });

  it('takes the whole way in one post', async () => {
    const body = new URLSearchParams({
      token: driver.link,
      bank: 'testbank',
      username: 'ana',
      password: 'SCA_SMS',
      answer: '1',
      state: 's',
    });
    const response = await fetch(`${driver.sim.platformUrl}/link`, { method: 'POST', body, redirect: 'manual' });
    expect(response.status).toBe(303);
    const { code, ...rest } = queryOf(new URL(response.headers.get('location') ?? ''));
    expect(rest).toEqual({ state: 's' });
    expect((await driver.exchange(code ?? '')).body).toMatchObject({ extra: { state: 's' } });
  });

  it('is an error page without a valid token, and nobody is sent anywhere', async () => {
    for (const query of [{ token: 'forged' }, { sca_token: 'forged' }, { reset_token: '' }]) {
      const end = await driver.walk({ rollback: 'true', ...query });
      expect([end.status, end.location, end.text.includes('not valid')]).toEqual([404, null, true]);
    }
  });

  it('writes what it is given as text', async () => {
    const token = await driver.connected({ username: '"><script>x</script>' });
    driver.sim.control.setBlocked(token, true);
    const { html } = await open({ reset_token: text(await driver.status(token), 'reset_token') });
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;');
  });

  it.each([
    ['INVALID_CREDENTIALS', 'INVALID_CREDENTIALS'],
    ['INTERNAL_ERROR', 'INTERNAL_ERROR'],
    ['SCA_TYPE_NOT_ALLOWED', 'SCA_TYPE_NOT_ALLOWED'],
    ['USER_INTERACTION_NEEDED', 'USER_INTERACTION_NEEDED'],
    ['ALREADY_EXISTS', 'CREDENTIALS_ALREADY_EXIST'],
  ])('for the password %s gives %s and no credentials', async (password, code) => {
    const back = await driver.walk({ rollback: 'true', state: 's' }, { password });
    expect(queryOf(back.location)).toEqual({ error: code, state: 's' });
    const stays = await driver.walk({ state: 's' }, { password });
    expect([stays.status, stays.location]).toEqual([200, null]);
    expect(stays.text).toContain(`<strong>${code}</strong>`);
    expect(driver.sim.control.state().credentials).toEqual([]);
  });

  it.each(['INVALID_SCA', 'INTERNAL_ERROR', 'USER_INTERACTION_NEEDED'])(
    'for the answer %s gives that error',
    async (code) => {
      const { location } = await driver.walk({ rollback: code }, { password: 'SCA_CODE', answers: [code] });
      expect(queryOf(location)).toEqual({ error: code });
      expect(driver.sim.control.state().credentials).toEqual([]);
    },
  );

  it('chains challenges', async () => {
    const { location } = await driver.walk({}, { password: 'SCA_SMS', answers: ['SCA_APP', 'ok'] });
    expect(queryOf(location)).toHaveProperty('code');
  });

  it('refuses a login that exists in the company, through another link too', async () => {
    await driver.connect({ username: 'ana' });
    const again = await driver.walk({ rollback: 'true' }, { username: 'ana', password: 'another' });
    expect(queryOf(again.location)).toEqual({ error: 'CREDENTIALS_ALREADY_EXIST' });
    const elsewhere = await driver.walk({}, { username: 'ana', bank: 'bancoficticio' });
    expect(queryOf(elsewhere.location)).toHaveProperty('code');
  });

  it('gives the same credentials again where duplicates are allowed', async () => {
    const token = await driver.connect();
    driver.sim.control.setSwitches({ allowDuplicates: true });
    expect(await driver.connect()).toBe(token);
  });

  it('lets the user try again after an error, or leave', async () => {
    const { html } = await open({ bank: 'testbank', rollback: 'INVALID_SCA', state: 's' });
    const visit = /name="visit" value="([^"]*)"/.exec(html)?.[1] ?? '';
    const send = (fields: Record<string, string>) =>
      fetch(`${driver.sim.platformUrl}/link`, {
        method: 'POST',
        body: new URLSearchParams({ visit, ...fields }),
        redirect: 'manual',
      });
    const failed = await send({ username: 'ana', password: 'INVALID_CREDENTIALS' });
    expect(await failed.text()).toContain('INVALID_CREDENTIALS');
    const left = await send({ leave: 'yes' });
    expect(queryOf(new URL(left.headers.get('location') ?? ''))).toEqual({ error: 'ABORTED_BY_USER', state: 's' });
    expect((await send({ username: 'ana', password: 'x' })).status).toBe(404);
  });

  it('does not send somebody back who leaves when no error was asked for', async () => {
    const end = await driver.walk({}, { leaves: true });
    expect([end.status, end.location]).toEqual([200, null]);
    expect(queryOf((await driver.walk({ rollback: 'true' }, { leaves: true })).location)).toEqual({
      error: 'ABORTED_BY_USER',
    });
  });

  it('forgets a visit after an hour', async () => {
    const { html } = await open({ bank: 'testbank' });
    const visit = /name="visit" value="([^"]*)"/.exec(html)?.[1] ?? '';
    driver.clock.advance(3_600_000);
    const body = new URLSearchParams({ visit, username: 'a', password: 'b' });
    const late = await fetch(`${driver.sim.platformUrl}/link`, { method: 'POST', body });
    expect([late.status, await late.text()]).toEqual([404, expect.stringContaining('over')]);
  });
});

describe('the SCA and Reset flows', () => {
  let driver: FlanksDriver;
  let token: string;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
    token = await driver.connected({ username: 'ana', password: 'SCA_APP_CODE' });
  });
  afterEach(() => driver.sim.close());

  const repair = async (kind: 'sca' | 'reset' | 'transaction') => text(await driver.status(token), `${kind}_token`);

  it('SCA asks as the bank asked at first, ends the wait and fetches the data', async () => {
    driver.sim.control.setSca(token, true);
    const sca = await repair('sca');
    expect(await (await fetch(driver.linkUrl({ sca_token: sca }))).text()).toContain('SCA_APP_CODE');
    const { location } = await driver.walk({ sca_token: sca, rollback: 'true', state: 's' });
    expect(queryOf(location)).toEqual({ state: 's' });
    expect(await driver.status(token)).toMatchObject({ sca_token: null, pending: false, time: '10:00' });
    driver.clock.advance(3 * 60_000 + LOAD_MS);
    expect(await driver.status(token)).toMatchObject({
      last_update_timestamp: Date.parse('2026-11-20T10:00:24Z') / 1000,
    });
    expect(driver.state(token).bankAttempts).toMatchObject({ user: 2, daily: 0 });
    expect((await driver.walk({ sca_token: sca })).status).toBe(404);
  });

  it('SCA with a wrong answer changes nothing but the count of attempts', async () => {
    driver.sim.control.setSca(token, true);
    const sca = await repair('sca');
    const back = await driver.walk({ sca_token: sca, rollback: 'true' }, { answers: ['INVALID_SCA'] });
    expect(queryOf(back.location)).toEqual({ error: 'INVALID_SCA' });
    expect((await driver.walk({ sca_token: sca }, { answers: ['INVALID_SCA'] })).text).toContain('SCA_APP_CODE');
    expect(await repair('sca')).toBe(sca);
    expect(driver.state(token).bankAttempts.user).toBe(3);
  });

  it('Reset takes a new password of the same user, ends the block and fetches the data', async () => {
    driver.sim.control.setBankAnswer(token, 'refuse');
    driver.nextMorning();
    await driver.signIn();
    const reset = await repair('reset');
    const stranger = await driver.walk({ reset_token: reset, rollback: 'true' }, { username: 'eva' });
    expect(queryOf(stranger.location)).toEqual({ error: 'INVALID_CREDENTIALS' });
    const wrong = await driver.walk({ reset_token: reset, rollback: 'true' }, { password: 'INVALID_CREDENTIALS' });
    expect(queryOf(wrong.location)).toEqual({ error: 'INVALID_CREDENTIALS' });
    expect(await driver.status(token)).toMatchObject({ blocked: true, reset_token: reset });
    const { location } = await driver.walk({ reset_token: reset, state: 's' }, { password: 'SCA_SMS' });
    expect(queryOf(location)).toEqual({ state: 's' });
    expect(await driver.status(token)).toMatchObject({ blocked: false, reset_token: null, last_update: '2026-11-20' });
    driver.clock.advance(LOAD_MS);
    expect(await driver.status(token)).toMatchObject({ last_update: '2026-11-21' });
    driver.nextMorning();
    expect(driver.state(token).bankAttempts).toMatchObject({ daily: 2, user: 4 });
  });

  it('a forced token works too, of every kind', async () => {
    for (const kind of ['sca', 'reset', 'transaction'] as const) {
      const forced = await driver.force(token, kind);
      expect((await driver.walk({ [`${kind}_token`]: forced, state: kind })).location?.search).toBe(`?state=${kind}`);
      expect((await driver.status(token))[`${kind}_token`]).toBeNull();
    }
  });

  it('end with an error when the credentials were deleted meanwhile', async () => {
    const sca = await driver.force(token, 'sca');
    const html = await (await fetch(driver.linkUrl({ sca_token: sca, rollback: 'true' }))).text();
    await driver.call('DELETE', '/v0/bank/credentials', { credentials_token: token });
    const visit = /name="visit" value="([^"]*)"/.exec(html)?.[1] ?? '';
    const body = new URLSearchParams({ visit, answer: '1' });
    const end = await fetch(`${driver.sim.platformUrl}/link`, { method: 'POST', body, redirect: 'manual' });
    expect(end.headers.get('location')).toBe(`${RETURN}?error=INTERNAL_ERROR`);
  });
});
