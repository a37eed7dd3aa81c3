import { identityOf, languageOf } from './flinks-login-identity.js';

const identity = (username: string | null, language: 'en' | 'fr' = 'en') =>
  identityOf(username, language)?.reveal('test');

describe('whose login it is', () => {
  it('is told by username and language; case and blanks do not count', () => {
    expect(identity(' Greatday ')).toBe(identity('greatday'));
    expect(identity('greatday', 'fr')).not.toBe(identity('greatday', 'en'));
    expect(identity('greatday')).not.toBe(identity('greatday2'));
  });

  it('is told by nothing without a username', () => {
    expect(identity('  ')).toBeUndefined();
    expect(identity(null)).toBeUndefined();
  });

  it.each([
    ['fr_CA', 'fr'],
    ['FR', 'fr'],
    ['en-US', 'en'],
    ['sv_SE', 'en'],
    [undefined, 'en'],
  ])('reads the language %s as %s', (text, language) => {
    expect(languageOf(text)).toBe(language);
  });
});
