import { hintsOf } from './tink-webhook-events.js';

const CREDENTIAL = '9a1b2c3d4e5f60718293a4b5c6d7e8f9';
const context = { userId: '5f0c', externalUserId: 'cust-0042' };

const read = (body: unknown) => {
  const hints = hintsOf(Buffer.from(JSON.stringify(body)));
  return hints.ok
    ? hints.value.map(({ credentialId, ...hint }) => ({ ...hint, id: credentialId?.reveal('test') ?? null }))
    : hints.failure.code;
};

describe("Tink's events as hints", () => {
  it('finished refreshes name their credential and their time', () => {
    const content = { credentialsId: CREDENTIAL, credentialsStatus: 'UPDATED', finished: 1_767_600_000_000 };
    expect(read({ context, content, event: 'refresh:finished' })).toEqual([
      {
        event: 'refresh:finished',
        at: new Date(1_767_600_000_000),
        id: CREDENTIAL,
        user: 'cust-0042',
        dataChanged: true,
      },
    ]);
  });

  it.each([
    [{ credentialsStatus: 'UPDATED' }, true],
    [{ credentialsStatus: 'STATUS_UPDATED' }, true],
    [{ status: 'UPDATED' }, true],
    [{ credentialsStatus: 'TEMPORARY_ERROR' }, false],
    [{ credentialsStatus: 'STATUS_SESSION_EXPIRED' }, false],
    [{}, false],
  ])('a refresh that finished with %j has new data: %s', (content, dataChanged) => {
    expect(read({ context, content, event: 'refresh:finished' })).toMatchObject([{ dataChanged }]);
  });

  it.each([
    'account:created',
    'account:updated',
    'account-transactions:modified',
    'account-booked-transactions:modified',
    'account-transactions:deleted',
    'balance-refresh:finished',
  ])('%s says that data of the user changed', (event) => {
    expect(read({ context, content: { account: { id: 'acc1' } }, event })).toEqual([
      { event, at: null, id: null, user: 'cust-0042', dataChanged: true },
    ]);
  });

  it.each(['payment:updated', 'moon:landed'])('%s is a hint without data', (event) => {
    expect(read({ context, content: {}, event })).toMatchObject([{ event, dataChanged: false }]);
  });

  it('finds the user in the content too', () => {
    expect(read({ content: context, event: 'account-transactions:modified' })).toMatchObject([{ user: 'cust-0042' }]);
  });

  it.each([
    { context: null, content: null },
    { context: 'x', content: [] },
    { context: { externalUserId: 7 }, content: { credentialsId: {}, finished: 'today' } },
    { context: { externalUserId: '' }, content: { credentialsId: 'x'.repeat(201), finished: -1 } },
    {},
  ])('leaves out details that make no sense: %j', (details) => {
    expect(read({ ...details, event: 'refresh:finished' })).toEqual([
      { event: 'refresh:finished', at: null, id: null, user: null, dataChanged: false },
    ]);
  });

  it.each([{ event: '' }, { event: 7 }, { event: null }, {}, [], 'text', null])('is malformed: %j', (body) => {
    expect(read(body)).toBe('webhook.malformed');
  });

  it('cuts an endless event', () => {
    expect(read({ event: 'e'.repeat(5000) })).toMatchObject([{ event: 'e'.repeat(100) }]);
  });
});
