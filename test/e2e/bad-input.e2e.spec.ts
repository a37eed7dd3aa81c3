import { request } from 'node:http';

import { member } from '../../src/sandbox/rest-client.js';
import { GOOD_LOGIN, SandboxApp, type Answer, type CallOptions } from '../factories/sandbox-app.factory.js';

const NOBODY = '0199aaaa-0000-7000-8000-0000000000ff';
const NUL = '\u0000';

type Row = readonly [what: string, call: string, options: CallOptions, status: number, code: string, pointer?: string];

describe('bad input', () => {
  let mooring: SandboxApp;
  let userId: string;
  /** Active. */
  let settled: string;
  /** Waits for a one-time code. */
  let asked: string;

  beforeAll(async () => {
    mooring = await SandboxApp.start();
    userId = await mooring.user('cust-bad-input');
    settled = await mooring.active({ userId });
    asked = await mooring.connected({ userId, institutionId: 'se-demobank-open-banking-embedded' });
    await mooring.until(asked, 'awaiting_user');
  });

  afterAll(async () => {
    await mooring.close();
  });

  const filled = (text: string) =>
    text.replace('{user}', userId).replace('{settled}', settled).replace('{asked}', asked).replace('{nobody}', NOBODY);

  /** Replaces the places of ids in what is sent, too. */
  function sent(options: CallOptions): CallOptions {
    return options.body === undefined
      ? options
      : { ...options, body: JSON.parse(filled(JSON.stringify(options.body))) as unknown };
  }

  /** A valid creation of a login that is not connected, with one thing changed. */
  const creation = (changes: Record<string, unknown>): CallOptions => ({
    body: {
      ...{ userId: '{user}', provider: 'tink', institutionId: 'se-demobank-password' },
      fields: { username: 'u10000002', password: 'abc123' },
      ...changes,
    },
  });
  const json = (body: unknown): CallOptions => ({ body });
  const raw = (text: string | Uint8Array, type = 'application/json'): CallOptions => ({
    raw: text,
    headers: { 'content-type': type },
  });

  const INVALID = [400, 'request.invalid'] as const;
  const CONNECT = 'POST /v1/connections';
  const USERS = 'POST /v1/users';
  const GRANT = 'POST /v1/users/{user}/authorization-grants';
  const ANSWER = 'POST /v1/connections/{asked}/supplemental-information';
  const LOGIN = 'PUT /v1/connections/{settled}/login';
  const REFRESH = 'POST /v1/connections/{settled}/refresh';
  const REDRIVE = 'POST /admin/jobs/dead/redrive';
  const REPLAY = 'POST /v1/webhook-endpoints/{nobody}/replay';

  const TABLE: readonly Row[] = [
    // Unknown fields
    ['an unknown field of a connection', CONNECT, creation({ colour: 'blue' }), ...INVALID, '/colour'],
    ['an unknown field of a user', USERS, json({ externalUserId: 'x', colour: 'blue' }), ...INVALID, '/colour'],
    ['a name with slash and tilde', USERS, json({ externalUserId: 'x', 'a/b~c': 1 }), ...INVALID, '/a~1b~0c'],
    ['an unknown field of a refresh', REFRESH, json({ force: true }), ...INVALID, '/force'],
    ['an unknown field of a grant', GRANT, json({ provider: 'tink', scope: ['a:b'], ttl: 1 }), ...INVALID, '/ttl'],
    [
      'a field that the bank does not ask for',
      CONNECT,
      creation({ fields: { ...GOOD_LOGIN, pin: '1' } }),
      422,
      'credential.invalid_input',
      '/fields/pin',
    ],
    [
      'a missing field of the login',
      CONNECT,
      creation({ fields: { username: 'u10000002' } }),
      422,
      'credential.invalid_input',
      '/fields/password',
    ],
    [
      'an empty field of the login',
      CONNECT,
      creation({ fields: { username: '', password: 'x' } }),
      422,
      'credential.invalid_input',
      '/fields/username',
    ],
    // Wrong types and missing members
    ['no user', CONNECT, creation({ userId: undefined }), ...INVALID, '/userId'],
    ['a number for a user', CONNECT, creation({ userId: 42 }), ...INVALID, '/userId'],
    ['an object for a user', CONNECT, creation({ userId: { $ne: null } }), ...INVALID, '/userId'],
    ['a list for a provider', CONNECT, creation({ provider: ['tink'] }), ...INVALID, '/provider'],
    ['a flag for an institution', CONNECT, creation({ institutionId: true }), ...INVALID, '/institutionId'],
    ['a number for a reference', CONNECT, creation({ reference: 7 }), ...INVALID, '/reference'],
    ['no login', CONNECT, creation({ fields: undefined }), ...INVALID, '/fields'],
    ['null for a login', CONNECT, creation({ fields: null }), ...INVALID, '/fields'],
    ['a text for a login', CONNECT, creation({ fields: 'u10000002' }), ...INVALID, '/fields'],
    ['a number in a login', CONNECT, creation({ fields: { username: 1, password: 'x' } }), ...INVALID, '/fields'],
    ['an object in a login', CONNECT, creation({ fields: { username: {}, password: 'x' } }), ...INVALID, '/fields'],
    ['a text for a flag', REFRESH, json({ userPresent: 'yes' }), ...INVALID, '/userPresent'],
    ['an object for a list', REFRESH, json({ items: { 0: 'CHECKING_ACCOUNTS' } }), ...INVALID, '/items'],
    ['numbers in a list of texts', REFRESH, json({ items: [1] }), ...INVALID, '/items'],
    [
      'a group that Tink does not have',
      REFRESH,
      json({ items: ['CHECKING_ACCOUNTS', 'GOLD'] }),
      422,
      'credential.invalid_input',
      '/items/1',
    ],
    ['null among the ids of dead jobs', REDRIVE, json({ ids: [null] }), ...INVALID, '/ids'],
    ['nothing among the ids of dead jobs', REDRIVE, json({ ids: [] }), ...INVALID, '/ids'],
    ['null for the beginning of a replay', REPLAY, json({ from: null, to: null }), ...INVALID, '/from'],
    ['a list for an object', USERS, json([{ externalUserId: 'x' }]), ...INVALID],
    ['a list for an object, at a connection', CONNECT, json([]), ...INVALID],
    ['a text for an object', USERS, raw('"text"'), ...INVALID],
    ['a number for an object', USERS, raw('7'), ...INVALID],
    ['null for an object', USERS, raw('null'), ...INVALID],
    ['no body', USERS, {}, ...INVALID],
    ['no body for a connection', CONNECT, {}, ...INVALID],
    ['no body for an answer', ANSWER, {}, ...INVALID],
    ['a market in small letters', USERS, json({ externalUserId: 'x', market: 'se' }), ...INVALID, '/market'],
    ['a locale that is none', USERS, json({ externalUserId: 'x', locale: 'swedish' }), ...INVALID, '/locale'],
    ['an empty external id', USERS, json({ externalUserId: '' }), ...INVALID, '/externalUserId'],
    ['a text for scopes', GRANT, json({ provider: 'tink', scope: 'accounts:read' }), ...INVALID, '/scope'],
    ['no scopes', GRANT, json({ provider: 'tink', scope: [] }), ...INVALID, '/scope'],
    [
      'a scope with a comma',
      GRANT,
      json({ provider: 'tink', scope: ['accounts:read,user:delete'] }),
      ...INVALID,
      '/scope',
    ],
    [
      'a scope that Tink does not have',
      GRANT,
      json({ provider: 'tink', scope: ['gold:read'] }),
      422,
      'authorization.invalid_scope',
    ],
    [
      'a code that is none',
      'POST /v1/users/access-tokens',
      json({ provider: 'tink', code: 'nonsense' }),
      422,
      'authorization.invalid_code',
    ],
    [
      'an address that is no address',
      CONNECT,
      creation({ redirectUrl: 'javascript:alert(1)' }),
      ...INVALID,
      '/redirectUrl',
    ],
    ['an address without a protocol', CONNECT, creation({ redirectUrl: 'shop.example' }), ...INVALID, '/redirectUrl'],
    // Long and strange texts
    ['a reference of 65 characters', CONNECT, creation({ reference: 'x'.repeat(65) }), ...INVALID, '/reference'],
    [
      'an external id of 201 characters',
      USERS,
      json({ externalUserId: 'x'.repeat(201) }),
      ...INVALID,
      '/externalUserId',
    ],
    [
      'an institution of 201 characters',
      CONNECT,
      creation({ institutionId: 'x'.repeat(201) }),
      ...INVALID,
      '/institutionId',
    ],
    [
      'a value of 4097 characters',
      CONNECT,
      creation({ fields: { username: 'x'.repeat(4097), password: 'x' } }),
      ...INVALID,
      '/fields',
    ],
    [
      '51 answers',
      ANSWER,
      json({ fields: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`f${i}`, 'x'])) }),
      ...INVALID,
      '/fields',
    ],
    ['NUL in an external id', USERS, json({ externalUserId: `a${NUL}b` }), ...INVALID],
    ['NUL in a reference', CONNECT, creation({ reference: NUL }), ...INVALID],
    ['NUL in an institution', CONNECT, creation({ institutionId: `se-demobank-password${NUL}` }), ...INVALID],
    ['NUL in a login', CONNECT, creation({ fields: { username: `u10000002${NUL}`, password: 'x' } }), ...INVALID],
    ['NUL in the name of a field', CONNECT, creation({ fields: { [`username${NUL}`]: 'x' } }), ...INVALID],
    ['NUL in an answer', ANSWER, json({ fields: { otpInput: NUL } }), ...INVALID],
    ['NUL in a provider', CONNECT, creation({ provider: NUL }), ...INVALID],
    ['NUL in a code', 'POST /v1/users/access-tokens', json({ provider: 'tink', code: NUL }), ...INVALID],
    ['a line break in an external id', USERS, json({ externalUserId: 'a\nb' }), ...INVALID, '/externalUserId'],
    ['a bell in a reference', CONNECT, creation({ reference: '\u0007' }), ...INVALID, '/reference'],
    ['an escape in an institution', CONNECT, creation({ institutionId: '\u001b[2J' }), ...INVALID, '/institutionId'],
    // Ids
    ['an id that is none', 'GET /v1/connections/42', {}, ...INVALID, ':id'],
    ['an id with NUL', 'GET /v1/connections/%00', {}, 400, 'request.malformed_url'],
    ['an id with a quote', "DELETE /v1/connections/'%20OR%201=1--", {}, ...INVALID, ':id'],
    ['an id of nobody', 'GET /v1/connections/{nobody}', {}, 404, 'connection.not_found'],
    ['an id of nobody to refresh', 'POST /v1/connections/{nobody}/refresh', json({}), 404, 'connection.not_found'],
    ['an id of nobody to delete', 'DELETE /v1/connections/{nobody}', {}, 404, 'connection.not_found'],
    ['an id of nobody to pause', 'POST /v1/connections/{nobody}/pause', {}, 404, 'connection.not_found'],
    [
      'an id of nobody to heal',
      'PUT /v1/connections/{nobody}/login',
      json({ fields: {} }),
      404,
      'connection.not_found',
    ],
    ['a user that is no id', 'GET /v1/users/42', {}, ...INVALID, ':id'],
    ['no such user', 'GET /v1/users/{nobody}', {}, 404, 'user.not_found'],
    ['no such user to delete', 'DELETE /v1/users/{nobody}', {}, 404, 'user.not_found'],
    ['a connection of no user', CONNECT, creation({ userId: NOBODY }), 404, 'user.not_found'],
    ['an unknown provider', CONNECT, creation({ provider: 'plaid' }), 422, 'provider.unknown', '/provider'],
    ['__proto__ as a provider', CONNECT, creation({ provider: '__proto__' }), 422, 'provider.unknown', '/provider'],
    ['an unknown institution', CONNECT, creation({ institutionId: 'se-no-such-bank' }), 422, 'institution.unknown'],
    [
      'an unknown provider of a grant',
      GRANT,
      json({ provider: 'plaid', scope: ['accounts:read'] }),
      422,
      'provider.unknown',
      '/provider',
    ],
    // Challenges
    [
      'an unknown field of a challenge',
      ANSWER,
      json({ fields: { pin: '1' } }),
      422,
      'challenge.unknown_field',
      '/fields/pin',
    ],
    [
      'an answer that does not fit',
      ANSWER,
      json({ fields: { otpInput: 'abcd' } }),
      422,
      'challenge.invalid_answer',
      '/fields/otpInput',
    ],
    [
      'an answer that nobody asked for',
      'POST /v1/connections/{settled}/supplemental-information',
      json({ fields: {} }),
      409,
      'challenge.none',
    ],
    [
      'answers with a third member',
      ANSWER,
      json({ fields: [{ name: 'otpInput', value: '1234', note: '' }] }),
      ...INVALID,
      '/fields',
    ],
    [
      'a login for what the bank does not ask',
      LOGIN,
      json({ fields: { pin: '1' } }),
      422,
      'credential.invalid_input',
      '/fields/pin',
    ],
    // JSON and media types
    ['broken JSON', USERS, raw('{"externalUserId":'), 400, 'request.malformed_json'],
    ['JSON with a comment', USERS, raw('{} // no'), 400, 'request.malformed_json'],
    ['bytes that are no text', USERS, raw(Buffer.from([0xff, 0xfe, 0x00])), 400, 'request.malformed_json'],
    [
      '__proto__ in the body',
      USERS,
      raw('{"externalUserId":"x","__proto__":{"admin":true}}'),
      400,
      'request.malformed_json',
    ],
    ['__proto__ in a login', CONNECT, raw(`{"fields":{"__proto__":{"username":"x"}}}`), 400, 'request.malformed_json'],
    [
      'constructor.prototype in the body',
      USERS,
      raw('{"constructor":{"prototype":{"admin":true}}}'),
      400,
      'request.malformed_json',
    ],
    [
      'a form',
      USERS,
      raw('externalUserId=x', 'application/x-www-form-urlencoded'),
      415,
      'request.unsupported_media_type',
    ],
    ['plain text', USERS, raw('{"externalUserId":"x"}', 'text/plain'), 415, 'request.unsupported_media_type'],
    ['XML', CONNECT, raw('<user/>', 'application/xml'), 415, 'request.unsupported_media_type'],
    ['a body above 64 KiB', USERS, json({ externalUserId: 'x'.repeat(65_536) }), 413, 'request.too_large'],
    ['a body far above 64 KiB', CONNECT, raw(`{"fields":"${'x'.repeat(1_000_000)}"}`), 413, 'request.too_large'],
    ['a body that is nested a thousand times', USERS, raw('['.repeat(1000) + ']'.repeat(1000)), ...INVALID],
    // Addresses and methods
    ['an unknown address', 'GET /v1/nowhere', {}, 404, 'request.not_found'],
    ['an unknown method', 'PATCH /v1/connections/{settled}', json({}), 405, 'request.method_not_allowed'],
    ['an address that cannot be decoded', 'GET /v1/connections/%E0%A4', {}, 400, 'request.malformed_url'],
  ];

  it.each(TABLE.map((row) => [row[0], row] as const))('%s is refused, and nothing is written', async (_what, row) => {
    const [, call, options, status, code, pointer] = row;
    const [method = '', path = ''] = call.split(/ (.*)/s);
    const before = await mooring.rowCounts();
    mooring.tink.clearCalls();

    const answer = await mooring.call(method, filled(path), sent(options));

    expectProblem(answer, status, code);
    if (pointer !== undefined) {
      expect((member(answer.body, 'errors') as { pointer: string }[]).map((each) => each.pointer)).toContain(pointer);
    }
    expect(await written(before)).toEqual([]);
    const changed = mooring.tink
      .calls()
      .filter((each) => /credentials|user\/(create|delete)/.test(each.path) && each.method !== 'GET');
    expect(changed).toEqual([]);
  });

  it('of a challenge that is over is refused, and nothing is written', async () => {
    const id = await mooring.connected({ userId, institutionId: 'no-demobank-open-banking-embedded' });
    await mooring.until(id, 'awaiting_user');
    const before = await mooring.rowCounts();
    mooring.advance(120_000);

    const answer = await mooring.post(`/v1/connections/${id}/supplemental-information`, {
      fields: { otpInput: '1234' },
    });

    expectProblem(answer, 409, 'challenge.expired');
    expect(await written(before)).toEqual([]);
  });

  it('of 64 KiB in pieces without a length is cut off', async () => {
    expect(await streamed(mooring, 200_000)).toBe(413);
  });

  it('exactly at the limits is accepted', async () => {
    const long = await mooring.post('/v1/users', { externalUserId: '\u{1F3E6}'.repeat(100) });
    expect(long.status).toBe(201);
    const created = await mooring.connect({
      userId,
      fields: { username: 'u10000003', password: 'abc123' },
      reference: 'ö'.repeat(64),
    });
    expect(created.status).toBe(201);
  });

  it('never shows what was sent, in the answer or the log', async () => {
    const secret = 'typed-by-a-person';
    const answers = [
      await mooring.connect({ userId, fields: { username: secret, password: secret, pin: secret } }),
      await mooring.connect({ userId, fields: { [secret]: [secret] } }),
      await mooring.call('POST', '/v1/connections', raw(`{"fields":{"password":"${secret}"`)),
      await mooring.post(`/v1/connections/${asked}/supplemental-information`, { fields: { otpInput: secret } }),
      await mooring.call('PUT', `/v1/connections/${settled}/login`, { body: { fields: { username: secret } } }),
    ];

    for (const { status, bytes } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(bytes.toString()).not.toContain(secret);
    }
    expect(mooring.logText()).not.toContain(secret);
  });

  /** Tables whose rows or versions are not as they were; grants are audited before the provider is asked. */
  async function written(before: Record<string, number>): Promise<string[]> {
    const after = await mooring.rowCounts();
    return Object.keys(after).filter((table) => !table.startsWith('audit') && after[table] !== before[table]);
  }
});

function expectProblem({ status, headers, body }: Answer, expected: number, code: string): void {
  expect([status, member(body, 'code'), member(body, 'status')]).toEqual([expected, code, expected]);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({
    type: `urn:mooring:problem:${code}`,
    title: expect.any(String) as string,
    requestId: headers.get('x-request-id'),
  });
}

async function streamed(mooring: SandboxApp, bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${mooring.baseUrl}/v1/users`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${mooring.key}`, 'content-type': 'application/json' },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    call.on('error', reject);
    call.write(`{"externalUserId":"${'x'.repeat(bytes / 2)}`);
    call.end(`${'x'.repeat(bytes / 2)}"}`);
  });
}
