import fc from 'fast-check';

import { statementFileName } from './statement-file-name.js';

describe('statementFileName', () => {
  it.each([
    ['2026-10', '2026-10.pdf'],
    ['October 2026.PDF', 'October_2026.pdf'],
    ['../../etc/passwd', 'etc_passwd.pdf'],
    ['a"; filename="evil.exe', 'a_filename_evil.exe.pdf'],
    ['', 'statement.pdf'],
  ])('%j gives %s', (name, file) => {
    expect(statementFileName(name)).toBe(file);
  });

  it('holds nothing but safe letters, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(statementFileName(name)).toMatch(/^\w[\w.-]{0,79}\.pdf$/);
      }),
    );
  });
});
