import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { registerDecorator, type ValidationArguments } from 'class-validator';

import { escapePointer, type Answer } from '../domain/field-answers.js';

const MOST_ANSWERS = 50;
const LONGEST_NAME = 128;
const LONGEST_VALUE = 4096;

/** Names that mean something else wherever an answer becomes a member of an object. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const RULE = `must be an object of texts, or a list of {name, value}: at most ${MOST_ANSWERS} answers, names of 1 to ${LONGEST_NAME} and values of at most ${LONGEST_VALUE} characters, none of them NUL`;

/** Answers to a login or a challenge: `{"otp": "1234"}` or `[{"name": "otp", "value": "1234"}]`. */
export function IsAnswers(example: Record<string, string>): PropertyDecorator {
  const list = {
    type: 'array' as const,
    items: {
      type: 'object' as const,
      required: ['name', 'value'],
      properties: { name: { type: 'string' as const }, value: { type: 'string' as const } },
    },
  };
  const map = { type: 'object' as const, additionalProperties: { type: 'string' as const } };
  return applyDecorators(ApiProperty({ oneOf: [map, list], example }), answersRule());
}

function answersRule(): PropertyDecorator {
  return (target, propertyName) => {
    registerDecorator({
      name: 'isAnswers',
      target: target.constructor,
      propertyName: String(propertyName),
      validator: {
        validate: (value: unknown) => readAnswers(value) !== null,
        defaultMessage: (check?: ValidationArguments) => `${check?.property ?? 'fields'} ${RULE}`,
      },
    });
  };
}

/** The answers in one form, each with the pointer to where the caller wrote it. Call it on checked input only. */
export function answersOf(value: unknown): Answer[] {
  return readAnswers(value) ?? [];
}

function readAnswers(value: unknown): Answer[] | null {
  if (typeof value !== 'object' || value === null) return null;
  const answers = Array.isArray(value)
    ? value.map((item: unknown, index) => listed(item, `/fields/${index}`))
    : Object.entries(value).map(([name, text]) => answer(name, text, `/fields/${escapePointer(name)}`));
  const sound = answers.filter((each) => each !== null);
  return sound.length === answers.length && sound.length <= MOST_ANSWERS ? sound : null;
}

function listed(item: unknown, pointer: string): Answer | null {
  if (typeof item !== 'object' || item === null || Object.keys(item).some((key) => key !== 'name' && key !== 'value')) {
    return null;
  }
  const { name, value } = item as { name?: unknown; value?: unknown };
  return answer(name, value, pointer);
}

function answer(name: unknown, value: unknown, pointer: string): Answer | null {
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME || RESERVED.has(name)) return null;
  if (typeof value !== 'string' || value.length > LONGEST_VALUE || `${name}${value}`.includes('\0')) return null;
  return { name, value, pointer };
}
