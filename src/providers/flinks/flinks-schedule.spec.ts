import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { at, call, json, LOGIN_ID, QUESTIONS, refused } from '../../../test/fixtures/flinks/flinks-bench.js';
import { API_KEY, flinksUnderTest, SECRET_KEY } from '../../../test/fixtures/flinks/flinks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const SCHEDULE = at('PATCH /SetScheduledRefresh');

describe('FlinksSchedule', () => {
  let server: ProviderServerFake;
  let flinks: ReturnType<typeof flinksUnderTest>;

  withProviderServer('2026-01-05T14:00:00Z', (given) => {
    ({ server } = given);
    flinks = flinksUnderTest(server.url, given.clock);
    return flinks;
  });

  it.each([
    [true, `LoginId ${LOGIN_ID} is now activated for automatic refresh`],
    [false, `LoginId ${LOGIN_ID} deactivated for automatic refresh`],
  ])('sets the nightly refresh to %s and reads the bare text of the answer', async (active, text) => {
    server.plan(SCHEDULE, json(text));
    expect(await flinks.schedule.setScheduledRefresh(LOGIN_ID, active, call)).toEqual({ ok: true, value: { active } });
    expect(JSON.parse(server.calls[0]?.body ?? '')).toEqual({ LoginId: LOGIN_ID, IsActivated: active });
    expect(server.calls[0]?.headers).toMatchObject({ 'x-api-key': API_KEY });
  });

  it.each([
    ['a text that says neither', json('fine'), 'provider.bad_response'],
    ['an object', json({}), 'provider.bad_response'],
    ['a LoginId that is not there', refused('INVALID_REQUEST'), 'credential.invalid_input'],
  ])('%s is no answer', async (_what, reply, code) => {
    server.plan(SCHEDULE, reply);
    expect(await flinks.schedule.setScheduledRefresh(LOGIN_ID, true, call)).toMatchObject({ failure: { code } });
  });

  it('tells which cards the next night leaves out, with the secret key', async () => {
    const left = {
      ...{ LoginId: LOGIN_ID, LastRefreshDate: '2026-01-03T03:20:00.1234567' },
      ...{ LastRefreshState: 'AnsweringSecurityChallenge', LastRefreshErrorCode: null },
    };
    server.plan(at('GET /GetNightlyRefreshStatus'), json({ HttpStatusCode: 200, IneligibleCards: [left, 7] }));
    expect(await flinks.schedule.nightlyRefreshStatus(call)).toEqual({
      ok: true,
      value: [
        {
          loginId: LOGIN_ID,
          lastRefresh: new Date('2026-01-03T03:20:00.123Z'),
          state: 'AnsweringSecurityChallenge',
          errorCode: null,
        },
      ],
    });
    expect(server.calls[0]?.headers).toMatchObject({ authorization: `Bearer ${SECRET_KEY}` });
  });

  it('reads and stores the answers to security questions', async () => {
    const store = at('PATCH /AnswerMFAQuestions');
    server
      .plan(QUESTIONS, json({ Message: 'SUCCESS', Questions: [{ Question: 'City?' }] }))
      .plan(store, json({ Message: 'done' }));
    expect(await flinks.schedule.mfaQuestions(LOGIN_ID, call)).toEqual({ ok: true, value: ['City?'] });
    const answers = new Map([['City?', new Opened('Montreal')]]);
    expect(await flinks.schedule.answerMfaQuestions(LOGIN_ID, answers, call)).toMatchObject({ value: { stored: 1 } });
    expect(JSON.parse(server.callsTo(store)[0]?.body ?? '')).toEqual({
      LoginId: LOGIN_ID,
      Questions: [{ Question: 'City?', Answer: 'Montreal' }],
    });
  });
});
