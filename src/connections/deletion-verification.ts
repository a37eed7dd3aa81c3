import { Injectable } from '@nestjs/common';

import { decodeCursor, encodeCursor } from '../platform/pagination/cursor.js';
import { receiptHash, type CompleteReceipt, type DeletionReceipt } from './deletion-receipt.js';
import { DeletionReceiptRepository, type ChainHead } from './persistence/deletion-receipt.repository.js';

/** Receipts in one page. */
export const VERIFIED_AT_ONCE = 500;

export const PROBLEMS = ['missing', 'changed', 'unlinked', 'beyond_head'] as const;

/**
 * `missing`: removed. `changed`: it no longer says what it was hashed for. `unlinked`: not what came after the one before.
 * `beyond_head`: the chain's head was set back, or is gone.
 */
export interface BrokenLink {
  readonly seq: number;
  readonly receiptId: string | null;
  readonly problem: (typeof PROBLEMS)[number];
}

export interface Verification {
  /** Places of the chain that this page looked at. What lies beyond the head has none. */
  readonly checked: number;
  /** With the last page come those beyond the head, at most as many as a page has. */
  readonly broken: readonly BrokenLink[];
  /** The end of the chain. Who keeps it elsewhere can tell a chain that was written anew as a whole. */
  readonly head: ChainHead;
  readonly nextCursor: string | null;
}

/** Computes the chain of receipts anew, a page at a time. */
@Injectable()
export class VerifyDeletions {
  constructor(private readonly receipts: DeletionReceiptRepository) {}

  /** @throws Failure `request.invalid_cursor` */
  async page(cursor?: string): Promise<Verification> {
    const after = cursor === undefined ? 0 : Number(decodeCursor(cursor, isPlace));
    const head = await this.receipts.head();
    const last = Math.min(head.seq, after + VERIFIED_AT_ONCE);
    // With the one before, to see that the first of this page follows it.
    const found = new Map((await this.receipts.chained(after, last)).map((receipt) => [receipt.seq, receipt]));
    const broken: BrokenLink[] = [];
    for (let seq = after + 1; seq <= last; seq++) {
      const problem = problemOf(found.get(seq), seq === 1 ? null : found.get(seq - 1), seq === head.seq ? head : null);
      if (problem) broken.push({ seq, receiptId: found.get(seq)?.id ?? null, problem });
    }
    const more = last < head.seq;
    if (!more) broken.push(...(await this.beyondHead()));
    return { checked: Math.max(0, last - after), broken, head, nextCursor: more ? encodeCursor(String(last)) : null };
  }

  private async beyondHead(): Promise<BrokenLink[]> {
    const found = await this.receipts.beyondHead(VERIFIED_AT_ONCE);
    return found.map(({ seq, id }) => ({ seq, receiptId: id, problem: 'beyond_head' }));
  }
}

/** @param before `null` = it is the first; `undefined` = missing, which is told of its own place. */
function problemOf(
  receipt: DeletionReceipt | undefined,
  before: DeletionReceipt | null | undefined,
  head: ChainHead | null,
): BrokenLink['problem'] | null {
  if (!receipt) return 'missing';
  if (!isComplete(receipt) || receiptHash(receipt) !== receipt.hash) return 'changed';
  const expected = before === null ? GENESIS : (before?.hash ?? receipt.previousHash);
  if (receipt.previousHash !== expected) return 'unlinked';
  return head && head.hash !== receipt.hash ? 'unlinked' : null;
}

function isComplete(receipt: DeletionReceipt): receipt is CompleteReceipt & { hash: string } {
  const { upstreamAnswer, upstreamAt, completedAt, seq, previousHash } = receipt;
  return [upstreamAnswer, upstreamAt, completedAt, seq, previousHash].every((part) => part !== null);
}

function isPlace(text: string): boolean {
  return /^[1-9]\d{0,14}$/.test(text);
}

const GENESIS = '0'.repeat(64);
