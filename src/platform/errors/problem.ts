import type { Failure, Violation } from './failure.js';
import { PROBLEM_CATALOGUE, type ProblemCode } from './problem-catalogue.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** A problem document of RFC 9457, with our members. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** Path of the request, without its query. */
  readonly instance: string;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly errors?: readonly Violation[];
  readonly [member: string]: unknown;
}

/** What is known of the request that failed. */
export interface ProblemSite {
  readonly url: string;
  readonly requestId: string;
}

export function problemOf(code: ProblemCode, details: Failure['details'], site: ProblemSite): Problem {
  const { status, title } = PROBLEM_CATALOGUE[code];
  return {
    ...details.members,
    type: `urn:mooring:problem:${code}`,
    title,
    status,
    ...(details.detail === undefined ? {} : { detail: details.detail }),
    instance: pathOf(site.url),
    code,
    requestId: site.requestId,
    ...(details.retryAt ? { retryAt: details.retryAt.toISOString() } : {}),
    ...(details.violations?.length ? { errors: details.violations } : {}),
  };
}

/** The query may hold secrets (codes, tokens), so it is never repeated. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}
