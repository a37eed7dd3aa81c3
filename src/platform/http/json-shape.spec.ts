import { exactJsonIn, jsonIn, parsed, parsedItems, type Shape } from './json-shape.js';

const read = <T>(body: unknown, reader: (shape: Shape) => T) => parsed(body, reader);
const inner = (shape: Shape): string => shape.text('b');
const letters = (value: unknown): readonly string[] | undefined =>
  typeof value === 'string' ? value.split(',') : undefined;

describe('a wire body', () => {
  it('is refused when it is no object', () => {
    for (const body of [undefined, null, 'text', 7, true, []]) expect(read(body, () => 'used')).toBeUndefined();
  });

  it.each<[string, unknown, (shape: Shape) => unknown]>([
    ['text: missing', {}, (shape) => shape.text('a')],
    ['text: null', { a: null }, (shape) => shape.text('a')],
    ['text: empty', { a: '' }, (shape) => shape.text('a')],
    ['text: a number', { a: 1 }, (shape) => shape.text('a')],
    ['optionalText: an object', { a: {} }, (shape) => shape.optionalText('a')],
    ['filledText: a number', { a: 0 }, (shape) => shape.filledText('a')],
    ['flag: missing', {}, (shape) => shape.flag('a')],
    ['flag: null', { a: null }, (shape) => shape.flag('a')],
    ['optionalFlag: a text', { a: 'yes' }, (shape) => shape.optionalFlag('a', false)],
    ['number: missing', {}, (shape) => shape.number('a')],
    ['number: its text', { a: '1' }, (shape) => shape.number('a')],
    ['optionalNumeric: a word', { a: 'x' }, (shape) => shape.optionalNumeric('a')],
    ['optionalNumeric: blank', { a: ' ' }, (shape) => shape.optionalNumeric('a')],
    ['optionalNumeric: a flag', { a: true }, (shape) => shape.optionalNumeric('a')],
    ['as: missing', {}, (shape) => shape.as('a', letters)],
    ['as: null', { a: null }, (shape) => shape.as('a', letters)],
    ['as: refused', { a: 7 }, (shape) => shape.as('a', letters)],
    ['optionalAs: refused', { a: 7 }, (shape) => shape.optionalAs('a', letters)],
    ['list: missing', {}, (shape) => shape.list('a', inner)],
    ['list: a number in it', { a: [7] }, (shape) => shape.list('a', () => 1)],
    ['list: an unusable item', { a: [{ b: 'x' }, {}] }, (shape) => shape.list('a', inner)],
    ['optionalList: an object', { a: {} }, (shape) => shape.optionalList('a', inner)],
    ['usableItems: an object', { a: {} }, (shape) => shape.usableItems('a', inner)],
    ['length: missing', {}, (shape) => shape.length('a')],
    ['textList: missing', {}, (shape) => shape.textList('a')],
    ['optionalTextList: a number in it', { a: ['x', 7] }, (shape) => shape.optionalTextList('a')],
    ['object: missing', {}, (shape) => shape.object('a')],
    ['optionalObject: a list', { a: [] }, (shape) => shape.optionalObject('a')],
    ['optionalTexts: a number in it', { a: { b: 1 } }, (shape) => shape.optionalTexts('a')],
    ['refuse', {}, (shape) => shape.refuse('a')],
  ])('is refused when a member is not what it should be: %s', (_what, body, reader) => {
    expect(read(body, (shape) => ({ got: reader(shape) }))).toBeUndefined();
  });

  it.each<[string, unknown, (shape: Shape) => unknown, unknown]>([
    ['text', { a: 'x' }, (shape) => shape.text('a'), 'x'],
    ['optionalText: missing', {}, (shape) => shape.optionalText('a'), null],
    ['optionalText: empty', { a: '' }, (shape) => shape.optionalText('a'), ''],
    ['filledText: empty', { a: '' }, (shape) => shape.filledText('a'), null],
    ['filledText', { a: 'x' }, (shape) => shape.filledText('a'), 'x'],
    ['flag', { a: false }, (shape) => shape.flag('a'), false],
    ['optionalFlag: null', { a: null }, (shape) => shape.optionalFlag('a', true), true],
    ['optionalFlag', { a: false }, (shape) => shape.optionalFlag('a', true), false],
    ['number', { a: 0 }, (shape) => shape.number('a'), 0],
    ['optionalNumeric: a text', { a: '12.5' }, (shape) => shape.optionalNumeric('a'), 12.5],
    ['optionalNumeric: null', { a: null }, (shape) => shape.optionalNumeric('a'), undefined],
    ['as', { a: 'x,y' }, (shape) => shape.as('a', letters), ['x', 'y']],
    ['optionalAs: null', { a: null }, (shape) => shape.optionalAs('a', letters), null],
    ['optionalAs: missing', {}, (shape) => shape.optionalAs('a', letters), undefined],
    ['list', { a: [{ b: 'x' }] }, (shape) => shape.list('a', inner), ['x']],
    ['optionalList: null', { a: null }, (shape) => shape.optionalList('a', inner), []],
    ['usableItems', { a: [{ b: 'x' }, {}, 7] }, (shape) => shape.usableItems('a', inner), ['x']],
    ['length', { a: [{ b: 'x' }, {}, 7] }, (shape) => shape.length('a'), 3],
    ['textList', { a: ['x', ''] }, (shape) => shape.textList('a'), ['x', '']],
    ['optionalTextList: missing', {}, (shape) => shape.optionalTextList('a'), []],
    ['object', { a: { b: 'x' } }, (shape) => inner(shape.object('a')), 'x'],
    ['optionalObject: null', { a: null }, (shape) => shape.optionalObject('a'), undefined],
    ['optionalTexts', { a: { b: 'x', c: null } }, (shape) => [...shape.optionalTexts('a')], [['b', 'x']]],
    ['optionalTexts: missing', {}, (shape) => [...shape.optionalTexts('a')], []],
    ['trueNames', { a: true, b: false, c: 'true' }, (shape) => shape.trueNames(), ['a']],
    ['attempt: unusable', { a: 'x' }, (shape) => shape.attempt(inner), undefined],
    ['attempt', { b: 'x' }, (shape) => shape.attempt(inner), 'x'],
  ])('gives what is there: %s', (_what, body, reader, expected) => {
    expect(read(body, (shape) => ({ got: reader(shape) }))).toEqual({ got: expected });
  });

  it('may be a bare list', () => {
    expect(parsedItems([{ b: 'x' }, {}, 7], inner)).toEqual(['x']);
    expect(parsedItems({ b: 'x' }, inner)).toBeUndefined();
  });

  it('does not hide faults of our own', () => {
    expect(() =>
      parsed({}, (): string => {
        throw new RangeError('ours');
      }),
    ).toThrow('ours');
  });

  it('may be text inside another', () => {
    expect(jsonIn('[1]')).toEqual([1]);
    expect(jsonIn('[1')).toBeUndefined();
  });
});

describe('exact numbers', () => {
  const decimal = (json: string): unknown =>
    parsed(exactJsonIn(`{"a":${json}}`), (shape) => ({ got: shape.decimal('a') }))?.got;

  it.each([
    ['12.10', '12.10'],
    ['-12.50', '-12.50'],
    ['0', '0'],
    ['-0', '0'],
    ['-0.00', '0.00'],
    ['1e-7', '0.0000001'],
    ['-1.5E-3', '-0.0015'],
    ['1.25e1', '12.5'],
    ['1.2e3', '1200'],
    ['12e-1', '1.2'],
    ['1e+2', '100'],
    ['123e0', '123'],
    ['0.00e2', '0'],
    ['0.001e2', '0.1'],
    // Neither of these is a binary fraction.
    ['9007199254740993.01', '9007199254740993.01'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['"12.10"', '12.10'],
    ['"+007.5"', '7.5'],
  ])('%s is %s', (json, text) => {
    expect(decimal(json)).toBe(text);
  });

  it.each([
    'null',
    'true',
    '""',
    '" 1"',
    '"1,5"',
    '"1.000,50"',
    '".5"',
    '"1."',
    '"NaN"',
    '[1]',
    '{}',
    '1e101',
    '1e9999',
    `1${'0'.repeat(100)}`,
  ])('%s is refused', (json) => {
    expect(decimal(json)).toBeUndefined();
  });

  it('may be missing where the reader says so', () => {
    const read = (json: string): unknown =>
      parsed(exactJsonIn(json), (shape) => ({ got: shape.optionalDecimal('a') }))?.got;
    expect([read('{}'), read('{"a":null}'), read('{"a":1}'), read('{"a":"x"}')]).toEqual([null, null, '1', undefined]);
  });

  it('are read like others where digits do not matter, and never as objects', () => {
    const body = exactJsonIn('{"a":1.5,"b":[1],"c":"x"}');
    const double = (value: unknown) => (typeof value === 'number' ? { twice: value * 2 } : undefined);
    expect(parsed(body, (shape) => [shape.number('a'), shape.optionalNumeric('a'), shape.as('a', double)])).toEqual([
      1.5,
      1.5,
      { twice: 3 },
    ]);
    expect(parsed(body, (shape) => shape.object('a'))).toBeUndefined();
    expect(parsed(body, (shape) => shape.list('b', () => 1))).toBeUndefined();
    expect(parsed(body, (shape) => ({ got: shape.text('a') }))).toBeUndefined();
  });

  it('are refused loudly where a body was read with loss', () => {
    expect(() => parsed(jsonIn('{"a":0.1}'), (shape) => ({ got: shape.decimal('a') }))).toThrow('exact JSON');
  });

  it('do not make JSON of what is none', () => {
    expect(exactJsonIn('{"a":01}')).toBeUndefined();
  });
});
