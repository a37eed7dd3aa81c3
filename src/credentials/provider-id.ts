/** The short name of an aggregator, e.g. `tink`. Lower-case letters, digits and dashes; fixed once connections exist. */
export type ProviderId = string & { readonly __brand: 'ProviderId' };

export const PROVIDER_ID = /^[a-z][a-z0-9-]{1,31}$/;

/** @throws RangeError when the text is not a provider name. */
export function providerId(text: string): ProviderId {
  if (!PROVIDER_ID.test(text)) throw new RangeError('A provider id is 2 to 32 lower-case letters, digits or dashes.');
  return text as ProviderId;
}
