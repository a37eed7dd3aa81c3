import type { RequestWith } from './cached-read.options.js';

/** Which tags a successful mutation makes worthless. */
export type InvalidatedTags<Params = { readonly id: string }, Body = unknown> = (
  request: RequestWith<Params>,
  body: Body,
) => readonly string[];

/** Metadata key. */
export const INVALIDATES = 'mooring:invalidates';
