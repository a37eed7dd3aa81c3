import { jsonIn, parsed, type Shape } from './tink.shape.js';

const read = <T>(body: unknown, reader: (shape: Shape) => T) => parsed(body, reader);

describe('a wire body', () => {
  it('is refused when it is no object', () => {
    for (const body of [undefined, null, 'text', 7, true, []]) expect(read(body, () => 'used')).toBeUndefined();
  });

  it('is refused when a member has another type than it should', () => {
    const wrong: readonly [unknown, (shape: Shape) => unknown][] = [
      [{}, (shape) => shape.text('a')],
      [{ a: '' }, (shape) => shape.text('a')],
      [{ a: 1 }, (shape) => shape.text('a')],
      [{ a: {} }, (shape) => shape.optionalText('a')],
      [{ a: 'yes' }, (shape) => shape.flag('a')],
      [{ a: 'x' }, (shape) => shape.optionalNumber('a')],
      [{ a: ' ' }, (shape) => shape.optionalNumber('a')],
      [{ a: true }, (shape) => shape.optionalNumber('a')],
      [{ a: null }, (shape) => shape.time('a')],
      [{ a: '1767600000000' }, (shape) => shape.time('a')],
      [{ a: 1.5 }, (shape) => shape.optionalTime('a')],
      [{ a: -1 }, (shape) => shape.optionalTime('a')],
      [{ a: 8.64e15 + 2 }, (shape) => shape.optionalTime('a')],
      [{}, (shape) => shape.list('a', () => 1)],
      [{ a: [7] }, (shape) => shape.list('a', () => 1)],
      [{ a: {} }, (shape) => shape.optionalList('a', () => 1)],
      [{ a: {} }, (shape) => shape.usableItems('a', () => 1)],
      [{ a: [] }, (shape) => shape.optionalObject('a')],
      [{ a: { b: 1 } }, (shape) => shape.texts('a')],
    ];
    for (const [body, reader] of wrong) expect(read(body, (shape) => ({ got: reader(shape) }))).toBeUndefined();
  });

  it('gives what is there, and tells null from missing where that matters', () => {
    expect(read({ a: 'x' }, (shape) => shape.text('a'))).toBe('x');
    expect(read({ a: null }, (shape) => shape.optionalText('a'))).toBeNull();
    expect(read({}, (shape) => shape.flag('a'))).toBe(false);
    expect(read({ a: '12.5' }, (shape) => shape.optionalNumber('a'))).toBe(12.5);
    expect(read({ a: 0 }, (shape) => shape.optionalTime('a'))).toEqual(new Date(0));
    expect(read({ a: null }, (shape) => ({ time: shape.optionalTime('a') }))).toEqual({ time: null });
    expect(read({}, (shape) => ({ time: shape.optionalTime('a') }))).toEqual({ time: undefined });
    expect(read({ a: null }, (shape) => shape.optionalList('a', () => 1))).toEqual([]);
    expect(read({ a: { b: 'x', c: null } }, (shape) => [...shape.texts('a')])).toEqual([['b', 'x']]);
    expect(read({}, (shape) => shape.texts('a').size)).toBe(0);
  });

  it('leaves out the entries of a directory that it cannot use', () => {
    const body = { a: [{ name: 'one' }, {}, 7, { name: 'two' }] };
    expect(read(body, (shape) => shape.usableItems('a', (item) => item.text('name')))).toEqual(['one', 'two']);
  });

  it('does not hide faults of our own', () => {
    expect(() =>
      parsed({}, (): string => {
        throw new RangeError('ours');
      }),
    ).toThrow('ours');
  });

  it('reads JSON inside JSON', () => {
    expect(jsonIn('[1]')).toEqual([1]);
    expect(jsonIn('[1')).toBeUndefined();
  });
});
