import { applyDecorators } from '@nestjs/common';
import { IsUrl, Matches, MaxLength, ValidateBy } from 'class-validator';

const LONGEST_URL = 2000;

/** PostgreSQL keeps no NUL, and nobody types the other control characters into an id or a label. */
export function IsPlainText(): PropertyDecorator {
  return Matches(/^\P{Cc}*$/u, { message: '$property must not have control characters' });
}

/**
 * An address of the caller's own, where a browser is sent in the end. Checked twice: some texts pass for an address by
 * their look, and no browser nor `URL` takes them.
 */
export function IsReturnUrl(): PropertyDecorator {
  const canBeUsed = ValidateBy({
    name: 'isReturnUrl',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && URL.canParse(value),
      defaultMessage: () => '$property must be an address that a browser can go to',
    },
  });
  const looksRight = IsUrl({ protocols: ['https', 'http'], require_tld: false, require_protocol: true });
  return applyDecorators(canBeUsed, looksRight, MaxLength(LONGEST_URL));
}
