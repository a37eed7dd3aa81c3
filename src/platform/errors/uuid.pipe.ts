import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';

import { Failure } from './failure.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** For ids in a path: what a DTO would check, without the cost of one. */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  /** @throws Failure `request.invalid` */
  transform(value: string, { data }: ArgumentMetadata): string {
    return uuidOf(value, data ?? 'id');
  }
}

/** @param name of the path's parameter. @throws Failure `request.invalid` */
export function uuidOf(value: string, name: string): string {
  if (UUID.test(value)) return value.toLowerCase();
  throw new Failure('request.invalid', { violations: [{ pointer: `:${name}`, message: `${name} must be a UUID` }] });
}
