import { objects, part, text } from '../../simulator/testing/json-answer.js';
import { FlanksDriver, RETURN } from '../testing/flanks-driver.js';

const codeOf = (url: URL | null) => url?.searchParams.get('code') ?? '';

describe('links', () => {
  let driver: FlanksDriver;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
  });
  afterEach(() => driver.sim.close());

  const link = (name: string, body: unknown = {}) => driver.post(`/v0/links/${name}`, body);
  const wrong = (code: string, details?: unknown) => ({
    success: false,
    error: { code, ...(details !== undefined && { details }) },
    trace_id: expect.stringMatching(/.{36}/) as string,
  });

  it('are created with defaults, listed, and edited; null takes an attribute away', async () => {
    const given = { redirect_uri: 'https://a.test/cb', name: 'onboarding', company_name: 'Demo SL' };
    const { body } = await link('create-link', given);
    const data = part(body, 'data');
    expect(body).toEqual({
      success: true,
      data: {
        ...{ token: data['token'], name: 'onboarding', redirect_uri: 'https://a.test/cb', company_name: 'Demo SL' },
        ...{ terms_and_conditions_url: null, privacy_policy_url: null, active: true, pending_code_count: 0 },
      },
    });
    const listed = (await link('list-links')).body;
    expect(listed).toMatchObject({ success: true, count: 2 });
    expect(objects(listed, 'items')[0]).toMatchObject({ token: driver.link, name: driver.link });
    const token = text(data, 'token');
    const edited = await link('edit-link', { token, name: null, privacy_policy_url: 'https://a.test/p' });
    expect(part(edited.body, 'data')).toMatchObject({
      name: token,
      company_name: 'Demo SL',
      privacy_policy_url: 'https://a.test/p',
    });
  });

  it('refuse what is missing, wrong, taken or unknown in the new shape', async () => {
    const missing = await link('create-link', {});
    expect([missing.status, missing.body]).toEqual([
      400,
      wrong('ValidationError', [{ error_type: 'missing', field: 'redirect_uri' }]),
    ]);
    const invalid = await link('create-link', { redirect_uri: 'nowhere' });
    expect(invalid.body).toEqual(wrong('ValidationError', [{ error_type: 'invalid', field: 'redirect_uri' }]));
    await link('create-link', { redirect_uri: RETURN, name: 'one' });
    const taken = await link('create-link', { redirect_uri: RETURN, name: 'one' });
    expect([taken.status, taken.body]).toEqual([400, wrong('DuplicatedName')]);
    expect((await link('edit-link', { token: driver.link, name: 'one' })).status).toBe(400);
    expect((await link('edit-link', { token: driver.link, redirect_uri: null })).status).toBe(400);
    expect((await link('pause-link', { token: 'none' })).body).toEqual(wrong('LinkNotFound'));
  });

  it('can be paused and resumed', async () => {
    const paused = await link('pause-link', { token: driver.link });
    expect(part(paused.body, 'data')).toMatchObject({ active: false });
    const page = await driver.walk();
    expect([page.status, page.location, page.text.includes('paused')]).toEqual([404, null, true]);
    await link('resume-link', { token: driver.link });
    expect((await driver.walk()).location).not.toBeNull();
  });

  it('are deleted only when no code waits', async () => {
    const { location } = await driver.walk();
    expect(objects((await link('list-links')).body, 'items')).toMatchObject([{ pending_code_count: 1 }]);
    const refused = await link('delete-link', { token: driver.link });
    expect([refused.status, refused.body]).toEqual([400, wrong('LinkHasPendingCodes')]);
    await driver.exchange(codeOf(location));
    expect((await link('delete-link', { token: driver.link })).body).toEqual({
      success: true,
      data: { token: driver.link },
    });
    expect((await driver.walk()).text).toContain('not valid');
  });
});

describe('link codes', () => {
  let driver: FlanksDriver;

  beforeEach(async () => {
    driver = await FlanksDriver.start();
  });
  afterEach(() => driver.sim.close());

  const unused = async (query = '') => (await driver.call('GET', `/v0/platform/link${query}`)).list;

  it('are exchanged once, with the extras of the address', async () => {
    const { location } = await driver.walk({ external_id: 'u-1', state: 'st-1', lang: 'es' });
    const code = codeOf(location);
    const { status, body } = await driver.exchange(code);
    expect(status).toBe(200);
    expect(body).toEqual({
      message: 'Successfully retrieved',
      credentials_token: expect.stringMatching(/^[0-9a-f]{40}$/) as string,
      link_token: driver.link,
      extra: { state: 'st-1', lang: 'es' },
    });
    for (const dead of [code, 'never-was']) {
      const again = await driver.exchange(dead);
      expect([again.status, again.body['error']]).toEqual([400, 'Invalid code']);
    }
    expect((await driver.post('/v0/platform/link')).body['error']).toBe('Missing fields: code');
  });

  it('that got lost on the way are found', async () => {
    driver.sim.control.setSwitches({ lostRedirect: true });
    const end = await driver.walk({ state: 'st-2' });
    expect([end.status, end.location]).toEqual([200, null]);
    const [found] = await unused(`?link_token=${driver.link}`);
    expect(found).toEqual({ code: expect.any(String) as string, link_token: driver.link, extra: { state: 'st-2' } });
    expect(await unused('?link_token=other')).toEqual([]);
    expect(await unused()).toHaveLength(1);
    expect((await driver.exchange(text(found ?? {}, 'code'))).status).toBe(200);
    expect(await unused()).toEqual([]);
  });

  it('can take 72 hours and are not used up meanwhile', async () => {
    driver.sim.control.setSwitches({ delayedExchange: true });
    const code = codeOf((await driver.walk()).location);
    const early = await driver.exchange(code);
    expect([early.status, early.body['credentials_token']]).toEqual([202, undefined]);
    driver.clock.advance(72 * 3_600_000);
    await driver.signIn();
    expect(await unused()).toHaveLength(1);
    expect((await driver.exchange(code)).status).toBe(200);
  });

  it('of a lost answer are used up, and the list still shows the credentials', async () => {
    const code = codeOf((await driver.walk({ external_id: 'u-9' })).location);
    driver.sim.control.addFault({ method: 'POST', path: '/platform/link$', action: { kind: 'accept-then-reset' } });
    await expect(driver.exchange(code)).rejects.toThrow('fetch failed');
    expect((await driver.exchange(code)).status).toBe(400);
    const listed = await driver.post('/v0/bank/credentials/list');
    expect(objects(listed.body, 'items')).toMatchObject([{ external_id: 'u-9' }]);
  });
});
