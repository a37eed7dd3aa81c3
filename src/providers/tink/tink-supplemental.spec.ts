import { fixture } from '../../../test/fixtures/tink/fixture.js';
import { readSupplemental } from './tink-supplemental.js';

const until = new Date('2026-11-20T10:02:00Z');
const read = (text: unknown) => readSupplemental(typeof text === 'string' ? text : JSON.stringify(text), until);
const captured = (name: string) => read(fixture(name)['supplementalInformation']);

describe('supplemental information', () => {
  it('asks for a code', () => {
    expect(captured('credentials-awaiting-code')).toEqual({
      kind: 'submit_information',
      expiresAt: until,
      fields: [
        {
          name: 'challenge',
          label: 'Code to enter on reader',
          type: 'info',
          required: false,
          masked: false,
          value: '8842 1190',
        },
        {
          name: 'otpInput',
          label: 'One-time code',
          type: 'numeric',
          required: true,
          masked: false,
          minLength: 4,
          maxLength: 4,
          pattern: '^[0-9]{4}$',
          patternError: 'Four digits',
          hint: 'NNNN',
          helpText: 'From your app',
        },
      ],
    });
  });

  it('asks which accounts to share', () => {
    expect(captured('credentials-awaiting-opt-in')).toMatchObject({
      kind: 'submit_information',
      fields: [
        {
          name: 'acc1',
          type: 'checkbox',
          required: false,
          value: 'true',
          helpText: 'Salary, SE4550000000058398257466, 120.5 SEK',
        },
        { name: 'acc2', type: 'checkbox', value: 'false' },
      ],
    });
    expect(JSON.stringify(captured('credentials-awaiting-opt-in'))).not.toContain('pattern');
  });

  it('sends the user to the bank', () => {
    expect(captured('credentials-awaiting-redirect')).toEqual({
      kind: 'follow_redirect',
      expiresAt: until,
      url: 'https://bank.test/a?state=s1',
    });
  });

  it('opens an app where there is no page', () => {
    expect(read({ ios: { deepLinkUrl: 'bankapp://sign?x=1' }, desktop: null })).toEqual({
      kind: 'open_app',
      expiresAt: until,
      url: 'bankapp://sign?x=1',
    });
    expect(read({ android: { intent: 'bankapp://sign' } })).toMatchObject({ kind: 'open_app', url: 'bankapp://sign' });
    expect(read({})).toEqual({ kind: 'open_app', expiresAt: until });
    expect(read({ desktop: { url: null }, ios: {} })).toEqual({ kind: 'open_app', expiresAt: until });
  });

  it('starts BankID with its token', () => {
    expect(captured('credentials-awaiting-bankid')).toEqual({
      kind: 'scan_qr',
      expiresAt: until,
      url: 'bankid:///?autostarttoken=0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9&redirect=null',
    });
  });

  it.each(['', '  ', '[]'])('waits on %p', (text) => {
    expect(read(text)).toBe('wait');
  });

  it('waits on null', () => {
    expect(readSupplemental(null, until)).toBe('wait');
  });

  it.each([
    '[{"name":"a"',
    '[7]',
    '[{}]',
    '[{"name":"a","masked":"yes"}]',
    '{"desktop"',
    '{"desktop":"https://x.test"}',
    '{"desktop":{"url":"javascript:alert(1)"}}',
    '{"desktop":{"url":"  JavaScript:alert(1)"}}',
    '{"ios":{"deepLinkUrl":"data:text/html,x"}}',
    '{"desktop":{"url":"/relative"}}',
    'token&redirect=https://evil.test',
  ])('cannot read %p', (text) => {
    expect(read(text)).toBe('nonsense');
  });
});
