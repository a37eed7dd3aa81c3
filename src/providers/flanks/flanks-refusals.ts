import { parsed, type Shape } from '../../platform/http/json-shape.js';
import { bodyJson, type OutgoingAnswer } from '../../platform/http/outgoing-outcome.js';
import { isPlainCode } from '../../platform/http/outgoing-refusal.js';

/** What can be wrong, in one vocabulary for Flanks' three families of error bodies. */
export type FlanksTrouble =
  /** Our token is missing, old or wrong. Says nothing about a bank login. */
  | 'unauthenticated'
  /** Our client, secret or grant is wrong. */
  | 'access_denied'
  | 'unknown_element'
  | 'invalid_input'
  | 'duplicate'
  /** The first load is running. */
  | 'processing'
  /** Security and quality checks hold the credential back. */
  | 'delayed'
  /** A load of this group of data failed. */
  | 'incomplete'
  | 'bank_trouble'
  | 'wrong_login'
  | 'sca_required'
  | 'rate_limited'
  | 'server_trouble'
  | 'nonsense';

/** 40001 is missing on purpose: it means a bad field as well as an unknown element, and the text tells which. */
const NUMBERS: ReadonlyMap<number, FlanksTrouble> = new Map([
  [20001, 'incomplete'],
  [20002, 'processing'],
  [20003, 'delayed'],
  [50001, 'bank_trouble'],
  [50002, 'wrong_login'],
  [50003, 'sca_required'],
]);

/** Without underscores and in lower case: the newest family shouts where the one before used capitals. */
const CODES: ReadonlyMap<string, FlanksTrouble> = new Map([
  ['validationerror', 'invalid_input'],
  ['duplicatedname', 'duplicate'],
  ['unauthenticated', 'unauthenticated'],
  ['notfound', 'unknown_element'],
  ['internalerror', 'server_trouble'],
]);

const TEXTS: readonly (readonly [RegExp, FlanksTrouble])[] = [
  [/^(invalid credentials|not authenticated)$/i, 'unauthenticated'],
  [/^access_denied$/i, 'access_denied'],
  [/\bdoes not exist\b|^invalid credentials_token\b/i, 'unknown_element'],
  [/\balready exists?\b/i, 'duplicate'],
  [/^(missing fields|invalid)\b/i, 'invalid_input'],
  [/^internal error$/i, 'server_trouble'],
];

/** No 404: Flanks says 400 of what it does not know, so a bare 404 is a path that is gone and not a credential. */
const STATUSES: ReadonlyMap<number, FlanksTrouble> = new Map([
  [400, 'invalid_input'],
  [401, 'unauthenticated'],
  [403, 'access_denied'],
  [408, 'server_trouble'],
  [409, 'duplicate'],
  [429, 'rate_limited'],
]);

export interface FlanksRefusal {
  /** `null` = none: the answer is a success. */
  readonly trouble: FlanksTrouble | null;
  /** For the operator. Never a text of theirs. */
  readonly evidence: Readonly<Record<string, string | number>>;
}

/** Number first, then code, then text, then HTTP status. */
export function readRefusal(answer: OutgoingAnswer): FlanksRefusal {
  const body = (isList(answer) ? undefined : parsed(bodyJson(answer), readError)) ?? NOTHING;
  const { number, code, text, traceId } = body;
  const trouble =
    NUMBERS.get(number ?? 0) ??
    CODES.get((code ?? '').replaceAll('_', '').toLowerCase()) ??
    TEXTS.find(([pattern]) => pattern.test(text ?? ''))?.[1] ??
    byStatus(answer.status, body);
  return {
    trouble,
    evidence: {
      httpStatus: answer.status,
      ...(number !== null && { providerErrorCode: number }),
      ...(code !== null && isPlainCode(code) && { providerErrorCode: code }),
      ...(traceId !== null && isPlainCode(traceId) && { providerRequestId: traceId }),
    },
  };
}

/** No error is a list, and the lists of the aggregation API are long. */
function isList({ body }: OutgoingAnswer): boolean {
  return body[0] === '['.charCodeAt(0);
}

interface ErrorBody {
  readonly number: number | null;
  readonly code: string | null;
  readonly text: string | null;
  readonly traceId: string | null;
  readonly success: boolean;
}

const NOTHING: ErrorBody = { number: null, code: null, text: null, traceId: null, success: true };

function readError(body: Shape): ErrorBody {
  const some = <T>(read: (part: Shape) => T | null): T | null => body.attempt(read) ?? null;
  return {
    number: some((part) => part.number('code')),
    code: some((part) => part.object('error').text('code')),
    text: some((part) => part.filledText('error')),
    traceId: some((part) => part.filledText('trace_id')),
    success: some((part) => part.flag('success')) ?? true,
  };
}

function byStatus(status: number, { success, code, text }: ErrorBody): FlanksTrouble | null {
  if (status >= 200 && status < 300) return success && code === null && text === null ? null : 'nonsense';
  return STATUSES.get(status) ?? (status >= 500 ? 'server_trouble' : 'nonsense');
}
