import { receiptHash, type CompleteReceipt } from './deletion-receipt.js';

const at = new Date('2026-11-20T12:00:00.000Z');
const RECEIPT: CompleteReceipt = {
  id: '0199aaaa-0000-7000-8000-000000000001',
  subjectKind: 'connection',
  subjectId: '0199aaaa-0000-7000-8000-000000000002',
  userId: '0199aaaa-0000-7000-8000-000000000003',
  provider: 'tink',
  requestedAt: at,
  requestedBy: 'client:one',
  upstreamAnswer: 'deleted',
  upstreamAt: at,
  what: { accounts: 2, traces: { b: 1, a: 2 }, connectionReceipts: ['x', 'y'] },
  completedAt: at,
  seq: 1,
  previousHash: '0'.repeat(64),
  hash: null,
};

describe('the hash of a receipt', () => {
  it('is the same whatever the order of the members, and whether it is stored already', () => {
    const what = { connectionReceipts: ['x', 'y'], traces: { a: 2, b: 1 }, accounts: 2 };
    expect(receiptHash({ ...RECEIPT, what, hash: 'stored' })).toBe(receiptHash(RECEIPT));
  });

  /** Receipts of other days must stay valid: this changes only together with the version of the content. */
  it('does not change from release to release', () => {
    expect(receiptHash(RECEIPT)).toBe('1316bc4a64aa746a5ecc0cf594d8bd77d52ddf308617d159070b76736f7ba7be');
  });

  it.each<[string, Partial<CompleteReceipt>]>([
    ['id', { id: RECEIPT.userId }],
    ['kind', { subjectKind: 'user' }],
    ['subject', { subjectId: RECEIPT.id }],
    ['user', { userId: RECEIPT.id }],
    ['provider', { provider: null }],
    ['time of the request', { requestedAt: new Date(at.getTime() + 1) }],
    ['requester', { requestedBy: 'client:two' }],
    ['answer', { upstreamAnswer: 'already_gone' }],
    ['time of the answer', { upstreamAt: new Date(at.getTime() + 1) }],
    ['counts', { what: { ...RECEIPT.what, accounts: 3 } }],
    ['order of a list', { what: { ...RECEIPT.what, connectionReceipts: ['y', 'x'] } }],
    ['end', { completedAt: new Date(at.getTime() + 1) }],
    ['place', { seq: 2 }],
    ['hash of the one before', { previousHash: '1'.repeat(64) }],
  ])('changes with the %s', (_what, change) => {
    expect(receiptHash({ ...RECEIPT, ...change })).not.toBe(receiptHash(RECEIPT));
  });
});
