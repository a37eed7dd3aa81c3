import 'reflect-metadata';

import type { ArgumentMetadata } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';

import { MayBeNull } from '../validation/nulls.js';
import { Failure, type Violation } from './failure.js';
import { validationPipe } from './validation.pipe.js';

class Field {
  @IsString()
  name!: string;
}

class Body {
  @IsString()
  @MaxLength(3)
  reference!: string;

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Field)
  fields!: Field[];
}

class Settings {
  @IsOptional()
  @IsInt()
  limit = 5;

  @MayBeNull()
  @IsString()
  label?: string | null;
}

class Changes extends Settings {
  @IsOptional()
  @IsString({ each: true })
  names?: string[];
}

class Query {
  @Type(() => Number)
  @IsInt()
  limit!: number;
}

async function violationsOf(value: unknown, metadata: ArgumentMetadata): Promise<readonly Violation[]> {
  try {
    await validationPipe().transform(value, metadata);
  } catch (error) {
    if (error instanceof Failure && error.code === 'request.invalid') return error.details.violations ?? [];
    throw error;
  }
  return [];
}

describe('validationPipe', () => {
  const body: ArgumentMetadata = { type: 'body', metatype: Body };

  it('converts what is valid to the declared class', async () => {
    const value: unknown = await validationPipe().transform({ reference: 'a', fields: [{ name: 'n' }] }, body);

    expect(value).toBeInstanceOf(Body);
    expect(value).toEqual({ reference: 'a', fields: [{ name: 'n' }] });
  });

  it('points at each wrong member, however deep', async () => {
    const violations = await violationsOf({ reference: 'long', fields: [{ name: 'n' }, { name: 5 }] }, body);

    expect(violations.map(({ pointer }) => pointer)).toEqual(['/reference', '/fields/1/name']);
  });

  it('refuses unknown members and escapes their names', async () => {
    const violations = await violationsOf({ reference: 'a', fields: [], 'a/b~c': 1 }, body);

    expect(violations.map(({ pointer }) => pointer)).toEqual(['/a~1b~0c']);
  });

  it('names the parameter of a query', async () => {
    const violations = await violationsOf({ limit: 'many' }, { type: 'query', metatype: Query });

    expect(violations.map(({ pointer }) => pointer)).toEqual(['?limit']);
  });

  it.each([[undefined], [null], ['text'], [5], [[]]])('refuses the body %j', async (value) => {
    expect(await violationsOf(value, body)).not.toEqual([]);
  });

  it('reads null in an optional member of a body as no member, inherited ones too', async () => {
    const given = { limit: null, label: null, names: null };

    const value: unknown = await validationPipe().transform(given, { type: 'body', metatype: Changes });

    expect(value).toEqual({ limit: 5, label: null });
    expect(Object.keys(value as object)).not.toContain('names');
    expect(given).toEqual({ limit: null, label: null, names: null });
  });

  it('refuses null elsewhere', async () => {
    expect(await violationsOf({ reference: null, fields: null }, body)).toEqual(
      expect.arrayContaining([expect.objectContaining({ pointer: '/reference' })]),
    );
    const inList = await violationsOf({ names: [null] }, { type: 'body', metatype: Changes });
    expect(inList.map(({ pointer }) => pointer)).toEqual(['/names']);
  });

  it('never repeats a value', async () => {
    expect(JSON.stringify(await violationsOf({ reference: 'hunter2', fields: 'hunter2' }, body))).not.toContain(
      'hunter2',
    );
  });
});
