import { applyDecorators } from '@nestjs/common';
import { IsISO8601, Matches } from 'class-validator';

/** ISO 8601 knows weeks, days of the year and times without a zone too; `Date` reads none of them, or guesses. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A time with its zone (RFC 3339), or a day, which begins at midnight UTC. What passes is something that `Date` reads. */
export function IsInstant(): PropertyDecorator {
  const form = Matches(new RegExp(`${INSTANT.source}|${DAY.source}`), {
    message: '$property must be a time like 2026-11-20T10:00:00Z',
  });
  return applyDecorators(form, IsISO8601({ strict: true }));
}
