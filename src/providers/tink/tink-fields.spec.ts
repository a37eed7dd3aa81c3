import { parsed } from '../../platform/http/json-shape.js';
import { readField } from './tink.bodies.js';
import { toChallengeField, toLoginField } from './tink-fields.js';

const field = (body: Record<string, unknown>) => {
  const read = parsed({ name: 'f', ...body }, readField);
  if (!read) throw new Error('not a field');
  return read;
};

describe("Tink's fields", () => {
  it.each([
    [{}, 'text', false],
    [{ numeric: true }, 'numeric', false],
    [{ masked: true }, 'masked', true],
    [{ numeric: true, masked: true }, 'numeric', true],
    [{ sensitive: true }, 'text', false],
    [{ checkbox: true }, 'checkbox', false],
    [{ selectOptions: [{ value: 'a', text: 'A' }], numeric: true }, 'select', false],
  ])('reads %p as %s', (body, type, masked) => {
    expect(toChallengeField(field(body))).toMatchObject({ type, masked, required: true, label: 'f' });
  });

  it('shows what is immutable in a challenge and asks for it in a login', () => {
    const username = { immutable: true, value: 'x' };
    expect(toChallengeField(field(username))).toMatchObject({ type: 'info', required: false, value: 'x' });
    expect(toLoginField(field(username))).toMatchObject({ type: 'text', required: true });
  });

  it('asks for what is immutable and empty: there is nothing to read', () => {
    expect(toChallengeField(field({ immutable: true })).type).toBe('text');
  });

  it('gives the choices with pictures that are safe to show', () => {
    const selectOptions = [
      { value: 'a', text: 'A', iconUrl: 'https://x.test/a.png' },
      { value: 'b', text: null, iconUrl: 'javascript:alert(1)' },
    ];
    expect(toChallengeField(field({ selectOptions })).options).toEqual([
      { value: 'a', label: 'A', image: 'https://x.test/a.png' },
      { value: 'b', label: 'b' },
    ]);
  });

  it('leaves out lengths that say nothing', () => {
    const result = toLoginField(field({ minLength: 0, maxLength: null, optional: true, defaultValue: 'start' }));
    expect(result).toEqual({ name: 'f', label: 'f', type: 'text', required: false, masked: false, value: 'start' });
  });
});
