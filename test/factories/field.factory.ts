import type { Field } from '../../src/credentials/field.js';

export function field(changes: Partial<Field> = {}): Field {
  return { name: 'otp', label: 'One-time code', type: 'text', required: true, masked: false, ...changes };
}
