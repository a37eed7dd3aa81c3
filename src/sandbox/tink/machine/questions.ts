import { createHash } from 'node:crypto';
import type { Field } from '../wire.types.js';
import type { Question } from './credential.js';

const PLAIN = { immutable: false, masked: false, numeric: false, optional: false, sensitive: false } as const;

/** The four digits that the demo bank "sends" in this run; shown in the question itself. */
function oneTimeCode(token: string): string {
  const number = createHash('sha256').update(token).digest().readUInt16BE(0) % 10_000;
  return String(number).padStart(4, '0');
}

function otpQuestion(token: string): Question {
  const code = oneTimeCode(token);
  const fields: readonly Field[] = [
    { ...PLAIN, name: 'challenge', description: 'Code from Demo Bank', value: code, immutable: true, optional: true },
    {
      ...PLAIN,
      name: 'otpInput',
      description: `One-time code (enter ${code})`,
      hint: 'NNNN',
      helpText: `Demo Bank shows the code instead of sending it: ${code}`,
      numeric: true,
      sensitive: true,
      minLength: 4,
      maxLength: 4,
      pattern: '^[0-9]{4}$',
      patternError: 'Four digits',
    },
  ];
  return { fields, accept: { otpInput: [code] } };
}

function methodQuestion(): Question {
  const options = ['SMS', 'APP'];
  const selectOptions = options.map((value) => ({ iconUrl: null, text: `Code by ${value.toLowerCase()}`, value }));
  const fields = [{ ...PLAIN, name: 'method', description: 'How do you want to get the code?', selectOptions }];
  return { fields, accept: { method: options } };
}

function round(description: string, answer: string): Question {
  const shown = {
    ...PLAIN,
    name: 'loginDescriptionField',
    description,
    value: answer,
    immutable: true,
    optional: true,
  };
  const asked = { ...PLAIN, name: 'loginInputField', description: 'Code', numeric: true, minLength: 4, maxLength: 4 };
  return { fields: [shown, asked], accept: { loginInputField: [answer] } };
}

export function questionsOf(script: 'otp' | 'templates' | 'two-rounds', token: string): readonly Question[] {
  if (script === 'otp') return [otpQuestion(token)];
  if (script === 'templates') return [methodQuestion(), otpQuestion(token)];
  return [round('Enter the first code', '1234'), round('Enter the second code', '4321')];
}
