import { refusedAfterParsing, refusedBeforeParsing } from './json-body.js';

const nested = (depth: number, open = '[', close = ']') => open.repeat(depth) + close.repeat(depth);

describe('the depth of a body', () => {
  it.each([nested(32), `{"a":${nested(31)}}`, '{"text":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}', '"\\"["', ''])(
    'lets %s through',
    (text) => {
      expect(refusedBeforeParsing(text)).toBeNull();
    },
  );

  it.each([nested(33), nested(20_000), nested(40, '{"a":', '}'), `["\\\\",${nested(32)}]`])('refuses %s', (text) => {
    expect(refusedBeforeParsing(text)).toMatchObject({ code: 'request.invalid' });
  });
});

describe('U+0000 in a body', () => {
  const refused = (body: unknown) => refusedAfterParsing(JSON.stringify(body), body)?.details.violations?.[0]?.pointer;

  it('is pointed at', () => {
    expect(refused({ a: { 'b/c': ['x', 'y\u0000'] } })).toBe('/a/b~1c/1');
    expect(refused({ 'na\u0000me': 1 })).toBe('');
    expect(refused('\u0000')).toBe('');
  });

  it('is not seen where there is none', () => {
    expect(refused({ a: 'x', b: [1, null, true] })).toBeUndefined();
    expect(refusedAfterParsing('{"a":"\\\\u0000"}', { a: '\\u0000' })).toBeNull();
  });
});
