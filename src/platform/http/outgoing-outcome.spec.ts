import { parsed } from './json-shape.js';
import { bodyExactJson, bodyJson } from './outgoing-outcome.js';

const answer = (text: string) => ({
  kind: 'answer' as const,
  status: 200,
  headers: new Map<string, string>(),
  body: new TextEncoder().encode(text),
});

describe('bodyJson', () => {
  it.each([
    ['U+0000', String.raw`{"a":"x\u0000y"}`, { a: 'x\ufffdy' }],
    ['the first half of a pair', String.raw`["\ud83c"]`, ['\ufffd']],
    ['the second half of a pair', String.raw`["\uDFE6x"]`, ['\ufffdx']],
    ['two first halves', String.raw`["\ud83c\ud83c\udfe6"]`, ['\ufffd\u{1F3E6}']],
    ['such a name of a member', String.raw`{"\u0000":1}`, { '\ufffd': 1 }],
    ['a whole pair', String.raw`["\ud83c\udfe6 \u00e9"]`, ['\u{1F3E6} é']],
    ['a backslash before u0000', String.raw`["\\u0000 \\\u0000"]`, ['\\u0000 \\\ufffd']],
    ['nothing of that', '{"a":[1,"é"]}', { a: [1, 'é'] }],
  ])('reads %s as what can be stored', (_what, text, value) => {
    expect(bodyJson(answer(text))).toEqual(value);
  });

  it('keeps the digits of numbers where asked to, and replaces the same characters', () => {
    const body = bodyExactJson(answer(String.raw`{"a":12.10,"b":"x\u0000"}`));
    expect(parsed(body, (shape) => [shape.decimal('a'), shape.text('b')])).toEqual(['12.10', 'x\ufffd']);
    expect(bodyExactJson(answer('no'))).toBeUndefined();
  });

  it.each(['', 'no', '{"a":', '\u0000', '{"a":"\u0000"}'])('%j is no JSON', (text) => {
    expect(bodyJson(answer(text))).toBeUndefined();
  });
});
