import fc from 'fast-check';

import { choicesIn } from '../../credentials/field-choices.js';
import { FIELD_TYPES, type Field, type FieldType } from '../../credentials/field.js';
import { field } from '../../../test/factories/field.factory.js';
import { checkAnswers, escapePointer } from './field-answers.js';

const options = [
  { value: 'a', label: 'First' },
  { value: 'b', label: 'Second' },
];

/** The message about one answer to one field; `null` = it fits. */
function verdict(asked: Partial<Field>, value: string): string | null {
  const problems = checkAnswers([field(asked)], [{ name: 'otp', value, pointer: '/fields/otp' }], '/fields');
  expect(problems.length).toBeLessThanOrEqual(1);
  if (problems[0]) expect(problems[0]).toMatchObject({ kind: 'invalid', pointer: '/fields/otp' });
  return problems[0]?.message ?? null;
}

describe('checkAnswers', () => {
  describe('by type', () => {
    it.each([
      ['text', 'anything at all', null],
      ['masked', 'pa55 wörd', null],
      ['numeric', '0123', null],
      ['numeric', '12a4', 'Digits only.'],
      ['numeric', '-1', 'Digits only.'],
      ['numeric', '1.5', 'Digits only.'],
      ['numeric', '12\n', 'Digits only.'],
      ['numeric', '١٢٣', 'Digits only.'],
      ['checkbox', 'true', null],
      ['checkbox', 'false', null],
      ['checkbox', 'on', 'Must be "true" or "false".'],
    ] as const)('%s takes or refuses %j: %s', (type, value, message) => {
      expect(verdict({ type }, value)).toBe(message);
    });

    it.each([
      ['select', 'a', null],
      ['select', 'c', 'Not one of the options.'],
      ['select', 'a,b', 'Not one of the options.'],
      ['image', 'b', null],
      ['image', 'First', 'Not one of the options.'],
      ['multi_select', 'a', null],
      ['multi_select', 'b,a', null],
      ['multi_select', 'a,c', 'Not one of the options.'],
      ['multi_select', 'a,', 'Not one of the options.'],
      ['multi_select', ',a', 'Not one of the options.'],
      ['multi_select', 'a,b,a', 'Chosen twice.'],
    ] as const)('%s with options takes or refuses %j: %s', (type, value, message) => {
      expect(verdict({ type, options }, value)).toBe(message);
    });

    it('takes anything where a choice has no options', () => {
      expect(verdict({ type: 'select' }, 'free')).toBeNull();
      expect(verdict({ type: 'select', options: [] }, 'free')).toBeNull();
    });

    it('takes a comma inside an option', () => {
      const withComma = [{ value: 'x,y', label: 'Both' }, ...options];
      expect(verdict({ type: 'multi_select', options: withComma }, 'x,y')).toBeNull();
      expect(verdict({ type: 'select', options: withComma }, 'x,y')).toBeNull();
      expect(verdict({ type: 'multi_select', options: withComma }, 'a,x,y,b')).toBeNull();
      expect(verdict({ type: 'multi_select', options: withComma }, 'x,a')).toBe('Not one of the options.');
    });

    it('does not want an answer to information', () => {
      const info = field({ name: 'note', type: 'info', required: true });
      expect(checkAnswers([info], [], '/fields')).toEqual([]);
      expect(checkAnswers([info], [{ name: 'note', value: 'x', pointer: '/fields/0' }], '/fields')).toEqual([
        {
          kind: 'unknown_field',
          pointer: '/fields/0',
          message: 'The bank does not ask for this. It asks for nothing.',
        },
      ]);
    });
  });

  describe('required and empty', () => {
    it.each(FIELD_TYPES.filter((type) => type !== 'info'))('%s', (type) => {
      const strict = { type, options, minLength: 2, pattern: 'z+' } as const;
      expect(verdict({ ...strict, required: true }, '')).toBe('Required: One-time code.');
      expect(verdict({ ...strict, required: false }, '')).toBeNull();
    });

    it('names what is missing, with a pointer that is escaped', () => {
      const asked = [field({ name: 'a/b~c', label: 'Odd one' }), field({ required: false })];
      expect(checkAnswers(asked, [], '/fields')).toEqual([
        { kind: 'invalid', pointer: '/fields/a~1b~0c', message: 'Required: Odd one.' },
      ]);
    });
  });

  describe('length', () => {
    it.each([
      ['12', 'At least 3 characters.'],
      ['123', null],
      ['12345', null],
      ['123456', 'At most 5 characters.'],
    ])('%s', (value, message) => {
      expect(verdict({ minLength: 3, maxLength: 5 }, value)).toBe(message);
    });
  });

  describe('pattern', () => {
    const FORM = 'Does not have the form that the bank asks for.';

    it.each([
      ['^[0-9]{4}$', '1234', null],
      ['[0-9]{4}', '1234', null],
      ['[0-9]{4}', '12345', FORM],
      ['[0-9]{4}', 'x1234', FORM],
      ['a|b', 'b', null],
      ['a|b', 'ab', FORM],
      ['[a-z]+', 'ab\n', FORM],
    ])('%s on %j: %s', (pattern, value, message) => {
      expect(verdict({ pattern }, value)).toBe(message);
    });

    it("answers in the bank's words where it has some", () => {
      expect(verdict({ pattern: '[0-9]{4}', patternError: 'Four digits, please.' }, 'x')).toBe('Four digits, please.');
    });

    it.each(['(', '[', '*', '(?<', '(?i)abc', '\\p{Punct}', '\\Qa', '[\\w-.]+'])(
      '%s does not compile and is left to the provider',
      (pattern) => {
        expect(verdict({ pattern }, 'whatever')).toBeNull();
      },
    );

    it.each([
      ['(a+)+', `${'a'.repeat(40)}!`],
      ['(?:a|a)*', `${'a'.repeat(40)}!`],
      ['.*.*.*.*.*x', 'a'.repeat(512)],
      ['a'.repeat(600), 'a'],
    ])('%s is not run, as it could take for ever: the provider judges', (pattern, value) => {
      expect(verdict({ pattern }, value)).toBeNull();
    });

    it('is not run on a very long value', () => {
      expect(verdict({ pattern: '(a+)+b' }, 'a'.repeat(513))).toBe(FORM);
    });
  });

  describe('a whole set', () => {
    const asked = [field({ name: 'user', label: 'User' }), field({ name: 'pin', label: 'Pin', type: 'numeric' })];

    it('fits', () => {
      const answers = [
        { name: 'pin', value: '1', pointer: '/fields/pin' },
        { name: 'user', value: 'u', pointer: '/fields/user' },
      ];
      expect(checkAnswers(asked, answers, '/fields')).toEqual([]);
    });

    it('reports everything at once, each where the caller wrote it', () => {
      const answers = [
        { name: 'otp', value: '1', pointer: '/fields/0' },
        { name: 'pin', value: 'x', pointer: '/fields/1' },
        { name: 'pin', value: '1', pointer: '/fields/2' },
        { name: '__proto__', value: '1', pointer: '/fields/3' },
      ];
      const unknown = 'The bank does not ask for this. It asks for: user, pin.';
      expect(checkAnswers(asked, answers, '/fields')).toEqual([
        { kind: 'unknown_field', pointer: '/fields/0', message: unknown },
        { kind: 'invalid', pointer: '/fields/1', message: 'Digits only.' },
        { kind: 'invalid', pointer: '/fields/2', message: 'Answered twice.' },
        { kind: 'unknown_field', pointer: '/fields/3', message: unknown },
        { kind: 'invalid', pointer: '/fields/user', message: 'Required: User.' },
      ]);
    });

    it('counts an unknown name that comes twice as unknown twice', () => {
      const twice = ['/fields/0', '/fields/1'].map((pointer) => ({ name: 'x', value: '', pointer }));
      expect(checkAnswers([], twice, '/fields').map(({ kind }) => kind)).toEqual(['unknown_field', 'unknown_field']);
    });
  });

  it('never repeats a value in a message', () => {
    const SECRET = 'hunter2-Secret';
    const wanted: readonly Partial<Field>[] = [
      { type: 'numeric' },
      { type: 'checkbox' },
      { type: 'select', options },
      { type: 'multi_select', options },
      { minLength: 99 },
      { maxLength: 1 },
      { pattern: '[0-9]' },
      { name: 'other' },
    ];
    for (const each of wanted) {
      const problems = checkAnswers([field(each)], [{ name: 'otp', value: SECRET, pointer: '/fields/0' }], '/fields');
      expect(problems.length).toBeGreaterThan(0);
      expect(JSON.stringify(problems)).not.toContain(SECRET);
    }
  });
});

describe('for any fields and any answers', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('', 'true', '12', 'a', 'a,b', '__proto__', 'constructor', '\u0000', 'é', '𝟘'),
  );
  const anyField: fc.Arbitrary<Field> = fc
    .record(
      {
        name: text,
        label: text,
        type: fc.constantFrom<FieldType>(...FIELD_TYPES),
        required: fc.boolean(),
        masked: fc.boolean(),
        minLength: fc.nat(8),
        maxLength: fc.nat(8),
        pattern: fc.oneof(text, fc.constantFrom('^[0-9]{4}$', '(a+)+$', '[', '\\d+')),
        options: fc.array(fc.record({ value: text, label: text }), { maxLength: 4 }),
      },
      { requiredKeys: ['name', 'label', 'type', 'required', 'masked'] },
    )
    .map((made) => made);
  const fields = fc.uniqueArray(anyField, { maxLength: 5, selector: ({ name }) => name });
  const answers = fc
    .array(fc.record({ name: text, value: text }), { maxLength: 6 })
    .map((given) => given.map((one, index) => ({ ...one, pointer: `/fields/${String(index)}` })));

  it('never fails, points at what was given or is missing, and asks for nothing that only shows something', () => {
    fc.assert(
      fc.property(fields, answers, (asked, given) => {
        const problems = checkAnswers(asked, given, '/fields');
        const missing = asked.map(({ name }) => `/fields/${escapePointer(name)}`);
        const known = new Set([...given.map(({ pointer }) => pointer), ...missing]);
        for (const { pointer, message } of problems) {
          expect(known.has(pointer)).toBe(true);
          expect(message).not.toBe('');
        }
        const shown = new Set(asked.filter(({ type }) => type === 'info').map(({ name }) => name));
        for (const { name, pointer } of given.filter((each) => shown.has(each.name))) {
          expect([name, problems.find((each) => each.pointer === pointer)?.kind]).toEqual([name, 'unknown_field']);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('accepts nothing that breaks what is asked', () => {
    fc.assert(
      fc.property(anyField, text, (asked, value) => {
        if (asked.type === 'info') return;
        if (checkAnswers([asked], [{ name: asked.name, value, pointer: '/fields/0' }], '/fields').length > 0) return;
        if (asked.required) expect(value).not.toBe('');
        if (value === '') return;
        expect(value.length).toBeGreaterThanOrEqual(asked.minLength ?? 0);
        expect(value.length).toBeLessThanOrEqual(asked.maxLength ?? Infinity);
        if (asked.type === 'numeric') expect(value).toMatch(/^\d+$/);
        if (asked.type === 'checkbox') expect(['true', 'false']).toContain(value);
        const offered = asked.options?.map((option) => option.value) ?? [];
        if (asked.type === 'select' && offered.length > 0) expect(offered).toContain(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads back every choice of several, commas and all', () => {
    const option = fc.string({ unit: fc.constantFrom('a', 'b', ',', ' '), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.uniqueArray(option, { minLength: 1, maxLength: 5 }), fc.nat(31), (offered, bits) => {
        const chosen = offered.filter((_one, index) => (bits >> index) % 2 === 1);
        if (chosen.length === 0) return;
        const read = choicesIn(chosen.join(','), offered);
        // Two lists can look the same; what is read is one of them.
        expect(read?.join(',')).toBe(chosen.join(','));
        expect(read?.every((one) => offered.includes(one))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('escapePointer', () => {
  it.each([
    ['plain', 'plain'],
    ['a/b', 'a~1b'],
    ['a~b', 'a~0b'],
    ['~1', '~01'],
    ['', ''],
  ])('%s → %s', (segment, escaped) => {
    expect(escapePointer(segment)).toBe(escaped);
  });
});
