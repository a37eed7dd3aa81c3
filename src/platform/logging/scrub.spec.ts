import { scrub } from './scrub.js';

describe('scrub', () => {
  it.each([
    ['a key of ours', 'key mk_0199ab_s3cr3t-Part here', 's3cr3t'],
    ['a bearer token', '"authorization":"Bearer abc.def-ghi"', 'abc.def'],
    ['basic authentication', 'Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['a JWT', 'token eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl end', 'eyJzdWIiOi'],
    ['a password in an address', 'postgres://mooring:pa55@db/mooring', 'pa55'],
  ])('takes %s out', (_what, line, secret) => {
    const clean = scrub(line);

    expect(clean).not.toContain(secret);
    expect(clean).toContain('[redacted');
  });

  it('leaves other text and the form of JSON alone', () => {
    const line = JSON.stringify({ msg: 'listening on http://127.0.0.1:3000', route: '/v1/users/:id' });

    expect(scrub(line)).toBe(line);
  });
});
