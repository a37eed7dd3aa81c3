import fc from 'fast-check';

import type { Challenge } from '../../credentials/challenge.js';
import { FIELD_TYPES, type Field } from '../../credentials/field.js';
import { decodeChallenge, encodeChallenge } from './challenge-codec.js';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });

const field: fc.Arbitrary<Field> = fc.record(
  {
    name: text,
    label: text,
    type: fc.constantFrom(...FIELD_TYPES),
    required: fc.boolean(),
    masked: fc.boolean(),
    minLength: fc.nat(),
    pattern: text,
    value: text,
    options: fc.array(fc.record({ value: text, label: text, image: text }, { noNullPrototype: true }), {
      maxLength: 2,
    }),
  },
  { requiredKeys: ['name', 'label', 'type', 'required', 'masked'], noNullPrototype: true },
);

const expiresAt = fc.option(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') }), {
  nil: null,
});

const challenge: fc.Arbitrary<Challenge> = fc.oneof(
  fc.record(
    { kind: fc.constant('submit_information' as const), expiresAt, fields: fc.array(field, { maxLength: 3 }) },
    { noNullPrototype: true },
  ),
  fc.record(
    { kind: fc.constant('scan_qr' as const), expiresAt, url: text },
    { requiredKeys: ['kind', 'expiresAt'], noNullPrototype: true },
  ),
  fc.record(
    { kind: fc.constant('open_app' as const), expiresAt, url: text },
    { requiredKeys: ['kind', 'expiresAt'], noNullPrototype: true },
  ),
  fc.record({ kind: fc.constant('follow_redirect' as const), expiresAt, url: text }, { noNullPrototype: true }),
);

describe('challenge codec', () => {
  it('brings back every kind of question as it was', () => {
    fc.assert(
      fc.property(challenge, (asked) => {
        const again = decodeChallenge(encodeChallenge(asked));
        expect(again).toStrictEqual(asked);
      }),
    );
  });
});
