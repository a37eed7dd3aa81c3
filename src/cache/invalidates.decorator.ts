import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';

import { InvalidatesInterceptor } from './invalidates.interceptor.js';
import { INVALIDATES, type InvalidatedTags } from './invalidates.options.js';

/**
 * After the handler has succeeded, and before its answer is sent, makes the entries of these tags worthless. So whoever
 * got the answer reads the change, through every process.
 */
export function Invalidates<Params = { readonly id: string }, Body = unknown>(
  tags: InvalidatedTags<Params, Body>,
): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(INVALIDATES, tags), UseInterceptors(InvalidatesInterceptor));
}
