import { validateSync } from 'class-validator';

import { IsPlainText, IsReturnUrl } from './texts.js';

class Checked {
  @IsReturnUrl()
  url = 'https://app.example';

  @IsPlainText()
  label = '';
}

const wrong = (changes: Partial<Checked>): string[] =>
  validateSync(Object.assign(new Checked(), changes)).map(({ property }) => property);

describe('IsReturnUrl', () => {
  it.each(['https://app.example/a?b=c#d', 'http://localhost:3000', 'https://app.example/%', 'https://[::1]:8080/x'])(
    'takes %s',
    (url) => {
      expect(wrong({ url })).toEqual([]);
    },
  );

  it.each([
    ...['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'ftp://a.example', 'app.example', ''],
    // These look like addresses, but URL does not take them.
    ...['https://a.0x/', 'https://٠.٠/', 'https://1.2.3.4.0x100/', 'http://\u00ad/'],
    ...['https://app.example/\r\nset-cookie:a=b', `https://app.example/${'x'.repeat(2000)}`],
  ])('refuses %j', (url) => {
    expect(wrong({ url })).toEqual(['url']);
  });
});

describe('IsPlainText', () => {
  it.each(['', 'ö 字 \u{1F3E6}', 'a-b_c'])('takes %j', (label) => {
    expect(wrong({ label })).toEqual([]);
  });

  it.each(['\u0000', 'a\nb', '\u001b[2J', '\u0085'])('refuses %j', (label) => {
    expect(wrong({ label })).toEqual(['label']);
  });
});
