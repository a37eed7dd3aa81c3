import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';

/** `true` or `false` as a query writes them, and nothing else that could be taken for either. */
export function IsQueryFlag(): PropertyDecorator {
  const read = Transform(({ value }: { value: unknown }) =>
    value === 'true' ? true : value === 'false' ? false : value,
  );
  return applyDecorators(read, IsBoolean());
}
