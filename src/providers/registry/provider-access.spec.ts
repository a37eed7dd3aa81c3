import type { Failure } from '../../platform/errors/failure.js';
import { ProviderFake } from '../../../test/fakes/provider.fake.js';
import { ProviderAccess, providerUserRef } from './provider-access.js';
import { ProviderRegistry } from './provider-registry.js';

function refusal(access: ProviderAccess, id: string): unknown {
  try {
    return access.provider(id);
  } catch (error) {
    const { code, details } = error as Failure;
    return { code, details };
  }
}

describe('ProviderAccess', () => {
  it('gives the provider', () => {
    const one = new ProviderFake('one');
    expect(new ProviderAccess(new ProviderRegistry([one])).provider('one')).toBe(one);
  });

  it.each([
    [[], 'No provider is configured.'],
    [[new ProviderFake('one'), new ProviderFake('two')], 'Known here: one, two.'],
  ])('says what there is instead of an unknown one: %#', (providers, message) => {
    const access = new ProviderAccess(new ProviderRegistry(providers));
    for (const id of ['other', '__proto__', '']) {
      expect(refusal(access, id)).toEqual({
        code: 'provider.unknown',
        details: { detail: message, violations: [{ pointer: '/provider', message }] },
      });
    }
  });

  it.each([
    [undefined, undefined],
    [null, undefined],
    ['', undefined],
    ['sv_SE', 'sv-SE'],
    ['sv-SE', 'sv-SE'],
    ['zh_Hant_TW', 'zh-Hant-TW'],
  ])('hands the language %j on as %j', (locale, tag) => {
    const call = new ProviderAccess(new ProviderRegistry([])).call(locale);
    expect(call.locale).toBe(tag);
    expect(call.signal.aborted).toBe(false);
  });

  it('gives every call a deadline of its own', () => {
    const access = new ProviderAccess(new ProviderRegistry([]));
    expect(access.call().signal).not.toBe(access.call().signal);
  });
});

describe('providerUserRef', () => {
  it('is our own user id', () => {
    expect(providerUserRef('0199aaaa')).toBe('0199aaaa');
  });
});
