import type { Provider } from '../../credentials/provider.js';
import { ProviderFake } from '../../../test/fakes/provider.fake.js';
import { ProviderRegistry } from './provider-registry.js';

/** A provider like the fake, with some members replaced. */
function like(fake: ProviderFake, change: Partial<Record<keyof Provider, unknown>>): Provider {
  return Object.defineProperties(
    fake,
    Object.fromEntries(Object.entries(change).map(([key, value]) => [key, { value, enumerable: true }])),
  );
}

describe('ProviderRegistry', () => {
  it('finds providers by id and leaves out those that are off', () => {
    const on = new ProviderFake('on');
    const registry = new ProviderRegistry([on, like(new ProviderFake('off'), { configured: false })]);
    expect(registry.get('on')).toBe(on);
    expect(registry.get('off')).toBeUndefined();
    expect(registry.get('other')).toBeUndefined();
    expect(registry.all()).toEqual([on]);
  });

  it('refuses to start with two of the same id', () => {
    expect(() => new ProviderRegistry([new ProviderFake('one'), new ProviderFake('one')])).toThrow('same id');
  });

  it.each([
    ['promises "replaceLogin"', like(new ProviderFake(), { login: undefined })],
    ['has a port for "replaceLogin"', new ProviderFake('fake', { replaceLogin: false })],
    ['promises "users"', like(new ProviderFake(), { users: undefined })],
    ['has a port for "users"', new ProviderFake('fake', { users: false })],
    ['no institution directory', like(new ProviderFake(), { institutions: undefined })],
    ['no way to connect', new ProviderFake('fake', { connect: [] })],
    ['not usable numbers', new ProviderFake('fake', { limits: { unattendedRefreshesPerDay: 1.5, settleWithinMs: 1 } })],
    ['not usable numbers', new ProviderFake('fake', { limits: { unattendedRefreshesPerDay: 4, settleWithinMs: 0 } })],
  ])('refuses to start with one that %s', (message, provider) => {
    expect(() => new ProviderRegistry([provider])).toThrow(message);
  });

  it('checks also those that are off: a fault must not wait for the day they are configured', () => {
    const off = like(new ProviderFake(), { configured: false, login: undefined });
    expect(() => new ProviderRegistry([off])).toThrow('replaceLogin');
  });
});
