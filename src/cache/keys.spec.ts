import { connectionEntryKey, connectionTag, entryKey, userTag } from './keys.js';

const ID = '0199AAAA-0000-7000-8000-00000000000F';

describe('cache keys', () => {
  it('gives one tag and one key to one id, however it is written', () => {
    expect(connectionTag(ID)).toBe(connectionTag(ID.toLowerCase()));
    expect(userTag(ID)).toBe(userTag(ID.toLowerCase()));
    expect(connectionEntryKey(ID)).toBe(connectionEntryKey(ID.toLowerCase()));
  });

  it('keeps apart what differs only in where one part ends', () => {
    expect(entryKey('list', 'ab', 'c')).not.toBe(entryKey('list', 'a', 'bc'));
    expect(entryKey('list', 'a')).not.toBe(entryKey('list', 'a', ''));
    expect(entryKey('list', '1:a')).not.toBe(entryKey('list', '1', 'a'));
  });

  it('keeps kinds apart and never shows what a caller typed', () => {
    expect(entryKey('list', 'secret-name')).not.toBe(entryKey('user', 'secret-name'));
    expect(entryKey('list', 'secret-name')).not.toContain('secret-name');
  });
});
