import type { Field, FieldType } from '../../credentials/field.js';
import { jsonIn, parsed, type Shape } from '../../platform/http/json-shape.js';
import type { TinkField } from './tink.types.js';

/** A field of a challenge. `immutable` means there: a text to read. */
export function toChallengeField(field: TinkField): Field {
  return toField(field, field.immutable && field.value !== null ? 'info' : inputType(field));
}

/** A field of a bank's login. `immutable` means there: not to be changed later (a username), so it is asked like any other. */
export function toLoginField(field: TinkField): Field {
  return toField(field, inputType(field));
}

function toField(field: TinkField, type: FieldType): Field {
  const helpText = field.helpText ?? accountText(field.additionalInfo);
  return {
    name: field.name,
    label: field.description ?? field.name,
    type,
    required: type !== 'info' && !field.optional,
    masked: field.masked,
    ...length('minLength', field.minLength),
    ...length('maxLength', field.maxLength),
    ...present('pattern', type === 'checkbox' ? null : field.pattern),
    ...present('patternError', field.patternError),
    ...present('hint', field.hint),
    ...present('helpText', helpText),
    ...present('value', field.value),
    ...(type === 'select' && { options: field.selectOptions.map(toOption) }),
  };
}

function inputType(field: TinkField): FieldType {
  if (field.checkbox) return 'checkbox';
  if (field.selectOptions.length > 0) return 'select';
  if (field.numeric) return 'numeric';
  return field.masked ? 'masked' : 'text';
}

function toOption({ value, text, iconUrl }: TinkField['selectOptions'][number]): NonNullable<Field['options']>[number] {
  return { value, label: text, ...(isPicture(iconUrl) && { image: iconUrl }) };
}

function isPicture(url: string | null): url is string {
  return url !== null && /^(https:\/\/|data:image\/)/.test(url);
}

/** The account behind an opt-in checkbox, for the user to recognise. */
function accountText(additionalInfo: string | null): string | null {
  if (additionalInfo === null) return null;
  return parsed(jsonIn(additionalInfo), describeAccount) ?? null;
}

function describeAccount(info: Shape): string | undefined {
  const balance = info.optionalNumeric('balance');
  const parts = [
    info.optionalText('accountName'),
    info.optionalText('iban') ?? info.optionalText('accountNumber'),
    balance === undefined ? null : `${balance} ${info.optionalText('currencyCode') ?? ''}`.trim(),
  ];
  return parts.filter((part) => part !== null && part !== '').join(', ') || undefined;
}

function present<K extends string>(key: K, value: string | null): Partial<Record<K, string>> {
  return value === null ? {} : only(key, value);
}

function length<K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> {
  return value !== undefined && Number.isInteger(value) && value > 0 ? only(key, value) : {};
}

function only<K extends string, V>(key: K, value: V): Partial<Record<K, V>> {
  const holder: Partial<Record<K, V>> = {};
  holder[key] = value;
  return holder;
}
