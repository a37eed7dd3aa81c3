import { claimedIssuer, presentedJwt } from './jwt.js';

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const TOKEN = `${encoded({ alg: 'ES256' })}.${encoded({ iss: 'https://id.example' })}.c2ln`;

describe('presentedJwt', () => {
  it.each([`Bearer ${TOKEN}`, `bearer   ${TOKEN}`])('finds the token in %s', (authorization) => {
    expect(presentedJwt(authorization)).toBe(TOKEN);
  });

  it.each([
    undefined,
    '',
    TOKEN,
    `Basic ${TOKEN}`,
    'Bearer mk_0123456789abcdef_secret',
    `Bearer mk_${TOKEN}`,
    `Bearer ${TOKEN}.more`,
    `Bearer ${TOKEN} more`,
    `Bearer ${'a'.repeat(40)}.${'b'.repeat(40)}.c`,
  ])('finds none in %s', (authorization) => {
    expect(presentedJwt(authorization)).toBeNull();
  });
});

describe('claimedIssuer', () => {
  it('reads what the token says', () => {
    expect(claimedIssuer(TOKEN)).toBe('https://id.example');
  });

  it.each(['eyJ.x.y', `${encoded({ alg: 'none' })}.${encoded({})}.`, `${encoded({})}.bm9uc2Vuc2U.c`])(
    'finds none in %s',
    (token) => {
      expect(claimedIssuer(token)).toBeNull();
    },
  );
});
