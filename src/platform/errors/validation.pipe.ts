import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';

import { withoutNulls } from '../validation/nulls.js';
import { Failure, type Violation } from './failure.js';

/** Carries the errors of class-validator from the factory, which does not know what was checked, to `transform`. */
class RejectedInput extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('rejected');
  }
}

/**
 * Checks every DTO: unknown members are refused, known ones are converted to their declared types. In a body, `null` in
 * an optional member is the same as no member.
 * Throws `Failure('request.invalid')` with a pointer for each thing that is wrong.
 */
export class RequestValidationPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      validationError: { target: false, value: false },
      exceptionFactory: (errors) => new RejectedInput(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { type, metatype } = metadata;
    const given = type === 'body' && metatype ? withoutNulls(value, metatype) : value;
    try {
      return await super.transform(given, metadata);
    } catch (error) {
      if (!(error instanceof RejectedInput)) throw error;
      const violations = violationsOf(error.errors, '').map((violation) => placed(violation, metadata));
      throw new Failure('request.invalid', { violations });
    }
  }
}

export function validationPipe(): RequestValidationPipe {
  return new RequestValidationPipe();
}

function violationsOf(errors: readonly ValidationError[], parent: string): Violation[] {
  return errors.flatMap((error) => {
    const pointer = error.property ? `${parent}/${escapeToken(error.property)}` : parent;
    const own = Object.values(error.constraints ?? {}).map((message) => ({ pointer, message }));
    return [...own, ...violationsOf(error.children ?? [], pointer)];
  });
}

/** RFC 6901: `~` and `/` inside a name. */
function escapeToken(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function placed({ pointer, message }: Violation, { type }: ArgumentMetadata): Violation {
  const name = pointer.slice(1);
  if (type === 'query') return { pointer: `?${name}`, message };
  if (type === 'param') return { pointer: `:${name}`, message };
  return { pointer, message };
}
