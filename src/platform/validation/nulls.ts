import type { Type } from '@nestjs/common';
import { getMetadataStorage, IS_OPTIONAL, ValidateIf } from 'class-validator';

/**
 * May be left out, and `null` says something of its own ("none"), which is handed on. Elsewhere `null` in an optional
 * member of a body is the same as no member: many clients write all they know of, whether it has a value or not.
 */
export function MayBeNull(): PropertyDecorator {
  return ValidateIf((_request, value) => value !== undefined && value !== null);
}

/** A body without the optional members that are `null`. What is no object, or holds none of them, comes back as it is. */
export function withoutNulls(body: unknown, type: Type<unknown>): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const empty = optionalMembers(type).filter((name) => (body as Record<string, unknown>)[name] === null);
  if (empty.length === 0) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !empty.includes(name)));
}

const known = new WeakMap<Type<unknown>, readonly string[]>();

/** Those with `@IsOptional()`. */
function optionalMembers(type: Type<unknown>): readonly string[] {
  const found = known.get(type);
  if (found) return found;
  const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const names = rules.filter(({ name }) => name === IS_OPTIONAL).map(({ propertyName }) => propertyName);
  known.set(type, names);
  return names;
}
