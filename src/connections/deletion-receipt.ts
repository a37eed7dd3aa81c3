import { createHash } from 'node:crypto';

export const SUBJECT_KINDS = ['connection', 'user'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/**
 * What the provider said. `not_needed`: it never had anything of it. `failed:<code>`: it could not be asked, and an
 * operator had it deleted here all the same.
 */
export type UpstreamAnswer = 'deleted' | 'already_gone' | 'not_needed' | `failed:${string}`;

/** Counts and our own ids. Nothing that names a person, no vendor's id. */
export type Deleted = Readonly<
  Record<string, number | string | readonly string[] | Readonly<Record<string, number | string>>>
>;

/** Stands for one deletion that was asked for. It does not change once it is complete. */
export interface DeletionReceipt {
  readonly id: string;
  readonly subjectKind: SubjectKind;
  readonly subjectId: string;
  readonly userId: string;
  /** `null` for a user, who may be known to several. */
  readonly provider: string | null;
  readonly requestedAt: Date;
  readonly requestedBy: string;
  readonly upstreamAnswer: UpstreamAnswer | null;
  readonly upstreamAt: Date | null;
  readonly what: Deleted;
  readonly completedAt: Date | null;
  /** Its place in the chain, from 1; `null` until it is complete. */
  readonly seq: number | null;
  readonly previousHash: string | null;
  readonly hash: string | null;
}

/** A receipt that nobody changes any more, before it has its hash. */
export interface CompleteReceipt extends DeletionReceipt {
  readonly upstreamAnswer: UpstreamAnswer;
  readonly upstreamAt: Date;
  readonly completedAt: Date;
  readonly seq: number;
  readonly previousHash: string;
}

/** Raised when the content below changes, so that older receipts can still be checked. */
const CONTENT_VERSION = 1;

/** SHA-256 over all that the receipt says and the hash of the one before it, in hexadecimal. */
export function receiptHash(receipt: CompleteReceipt): string {
  const { id, subjectKind, subjectId, userId, provider, requestedBy, upstreamAnswer, what, seq, previousHash } =
    receipt;
  const times = [receipt.requestedAt, receipt.upstreamAt, receipt.completedAt].map((time) => time.toISOString());
  const facts = [id, subjectKind, subjectId, userId, provider, requestedBy, upstreamAnswer, sorted(what)];
  const content = JSON.stringify([CONTENT_VERSION, seq, previousHash, ...facts, ...times]);
  return createHash('sha256').update(content, 'utf8').digest('hex');
}

/** Members in one order: the database keeps them in its own. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => [name, sorted(member)]);
}
