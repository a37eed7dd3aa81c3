import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';

import { answersOf, IsAnswers } from './answers.js';

class Body {
  @IsAnswers({ otp: '1234' })
  fields!: unknown;
}

/** The messages about a body as it comes from JSON. */
function complaints(json: string): string[] {
  const body = Object.assign(new Body(), JSON.parse(json) as object);
  return validateSync(body).flatMap(({ constraints }) => Object.values(constraints ?? {}));
}

const accepts = (fields: unknown): boolean => complaints(JSON.stringify({ fields })).length === 0;

const RULE =
  'fields must be an object of texts, or a list of {name, value}: at most 50 answers, names of 1 to 128 and values of at most 4096 characters, none of them NUL';

const listOf = (count: number) => Array.from({ length: count }, (_none, index) => ({ name: `n${index}`, value: 'v' }));

describe('answers', () => {
  it('come as a map', () => {
    expect(accepts({ otp: '1234', 'a/b~c': '' })).toBe(true);
    expect(answersOf({ otp: '1234', 'a/b~c': '' })).toEqual([
      { name: 'otp', value: '1234', pointer: '/fields/otp' },
      { name: 'a/b~c', value: '', pointer: '/fields/a~1b~0c' },
    ]);
  });

  it('come as a list, also with a name twice', () => {
    const list = [
      { name: 'otp', value: '1' },
      { name: 'otp', value: '2' },
    ];
    expect(accepts(list)).toBe(true);
    expect(answersOf(list)).toEqual([
      { name: 'otp', value: '1', pointer: '/fields/0' },
      { name: 'otp', value: '2', pointer: '/fields/1' },
    ]);
  });

  it.each([[{}], [[]]])('may be empty: %j', (fields) => {
    expect(accepts(fields)).toBe(true);
    expect(answersOf(fields)).toEqual([]);
  });

  it.each([
    ['no object', 'text'],
    ['a number', 7],
    ['true', true],
    ['null', null],
    ['a list of texts', ['otp', '1234']],
    ['a list of lists', [['otp', '1234']]],
    ['a list with an empty list', [[]]],
    ['a list with an empty object', [{}]],
    ['a value with NUL', { otp: '1\u0000' }],
    ['a name with NUL', { 'otp\u0000': '1' }],
    ['a list with null', [{ name: 'otp', value: '1' }, null]],
    ['a list with a number', [1]],
    ['an item without a value', [{ name: 'otp' }]],
    ['an item without a name', [{ value: '1' }]],
    ['an item with more', [{ name: 'otp', value: '1', extra: true }]],
    ['an item with a number', [{ name: 'otp', value: 1234 }]],
    ['a map with a number', { otp: 1234 }],
    ['a map with null', { otp: null }],
    ['a map with an object', { otp: { value: '1' } }],
    ['an empty name in a map', { '': 'x' }],
    ['an empty name in a list', [{ name: '', value: 'x' }]],
  ])('are not %s', (_what, fields) => {
    expect(complaints(JSON.stringify({ fields }))).toEqual([RULE]);
    expect(answersOf(fields)).toEqual([]);
  });

  it('are not missing', () => {
    expect(complaints('{}')).toEqual([RULE]);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('are never named %s', (name) => {
    expect(complaints(`{"fields": {"${name}": "x"}}`)).toEqual([RULE]);
    expect(complaints(`{"fields": [{"name": "${name}", "value": "x"}]}`)).toEqual([RULE]);
    expect(complaints(`{"fields": [{"name": "otp", "value": "x", "${name}": "x"}]}`)).toEqual([RULE]);
  });

  it('do not change what objects are made of', () => {
    complaints('{"fields": {"__proto__": {"polluted": "yes"}}}');
    complaints('{"fields": [{"name": "a", "value": "b", "__proto__": {"polluted": "yes"}}]}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it.each([
    [50, true],
    [51, false],
  ])('are %i at most: %s', (count, fits) => {
    expect(accepts(listOf(count))).toBe(fits);
    expect(accepts(Object.fromEntries(listOf(count).map(({ name, value }) => [name, value])))).toBe(fits);
  });

  it.each([
    [128, 4096, true],
    [129, 1, false],
    [1, 4097, false],
  ])('have names of %i and values of %i: %s', (name, value, fits) => {
    expect(accepts({ ['n'.repeat(name)]: 'v'.repeat(value) })).toBe(fits);
    expect(accepts([{ name: 'n'.repeat(name), value: 'v'.repeat(value) }])).toBe(fits);
  });

  it('say what is wrong without repeating a value', () => {
    expect(JSON.stringify(complaints('{"fields": {"pin": ["hunter2"]}}'))).not.toContain('hunter2');
  });

  it('mean the same in both forms', () => {
    const name = fc.string({ minLength: 1, maxLength: 9 }).filter((text) => !Object.hasOwn(RESERVED, text));
    fc.assert(
      fc.property(fc.dictionary(name, fc.string(), { maxKeys: 9 }), (map) => {
        const list = Object.entries(map).map(([key, value]) => ({ name: key, value }));
        const bare = (fields: unknown) => answersOf(fields).map((answer) => [answer.name, answer.value]);
        expect(bare(map)).toEqual(bare(list));
        expect(bare(map)).toEqual(Object.entries(map));
      }),
    );
  });

  it('are judged the same after the transformation that requests go through', () => {
    const junk = plainToInstance(Body, { fields: [{ name: 'otp', value: 1 }] });
    const sound = plainToInstance(Body, { fields: { otp: '1' } });
    expect(validateSync(junk)).toHaveLength(1);
    expect(validateSync(sound)).toEqual([]);
  });
});

const RESERVED = JSON.parse('{"__proto__": 1, "constructor": 1, "prototype": 1}') as object;
