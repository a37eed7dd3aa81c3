import type { MovableClock } from '../../platform/time/clock.js';
import { Opened } from '../../platform/crypto/opened.js';
import type { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { fixture } from '../../../test/fixtures/flinks/fixture.js';
import {
  at,
  AUTHORIZE,
  call,
  card,
  json,
  refused,
  REQUEST_ID,
  TOKEN,
  token,
} from '../../../test/fixtures/flinks/flinks-bench.js';
import { flinksUnderTest } from '../../../test/fixtures/flinks/flinks-under-test.js';
import { withProviderServer } from '../../../test/fixtures/with-provider-server.js';

const STATEMENTS = at('POST /GetStatements');
const STATEMENTS_ASYNC = at(`GET /GetStatementsAsync/${REQUEST_ID}`);
const SUMMARY = at('POST /GetAccountsSummary');
const ACCOUNT = 'a1b2c3d4-0000-4000-8000-000000000001';
const ID = '0123456789ABCDEF0123456789ABCDEF';
const PDF = Buffer.from('%PDF-1.4 a page').toString('base64');

const pdf = (UniqueId: string, Base64Bytes = PDF, FileType: string | null = 'PDF') => ({
  UniqueId,
  FileType,
  Base64Bytes,
});
const by = (AccountNumber: string | null, ...Statements: unknown[]) => ({ AccountNumber, Statements });
const statements = (...StatementsByAccount: unknown[]) =>
  json({ HttpStatusCode: 200, StatementsByAccount, RequestId: REQUEST_ID });
const summary = (...Accounts: unknown[]) => json({ HttpStatusCode: 200, Accounts, RequestId: REQUEST_ID });
const PENDING = json(fixture('pending-202'), 202);
const CHEQUING = { Id: ACCOUNT.toUpperCase(), Title: 'Chequing', AccountNumber: '100-0001' };

describe("Flinks' statements", () => {
  let server: ProviderServerFake;
  let clock: MovableClock;
  let flinks: ReturnType<typeof flinksUnderTest>;
  const list = async (cursor: Opened | null = null) => flinks.statements.list(card, cursor, call);
  const document = async (id = `${ACCOUNT}:${ID}`) => flinks.statements.document(card, new Opened(id), null, call);
  const asked = (): unknown => JSON.parse(server.callsTo(STATEMENTS)[0]?.body ?? '{}');

  withProviderServer('2026-01-05T14:10:00Z', (given) => {
    ({ server, clock } = given);
    flinks = flinksUnderTest(server.url, clock);
    server.always(TOKEN, token('tok-1')).always(AUTHORIZE, json(fixture('authorize-200')));
    return flinks;
  });

  it('are listed with the account that their number belongs to, in whatever way it is written', async () => {
    server
      .plan(STATEMENTS, statements(by('1000001', pdf(ID), pdf('B'.repeat(32)), pdf(ID)), by('1000002')))
      .plan(SUMMARY, summary(CHEQUING, { Id: 'b', AccountNumber: null }));
    const listed = await list();
    const found = listed.ok && listed.value.kind === 'list' ? listed.value.statements : [];
    expect(
      found.map(({ vendorId, accountVendorId, name, day }) => [
        ...[vendorId.reveal('test'), accountVendorId.reveal('test'), name, day],
      ]),
    ).toEqual([
      [`${ACCOUNT}:${ID}`, ACCOUNT, 'Chequing 01234567', null],
      [`${ACCOUNT}:${'B'.repeat(32)}`, ACCOUNT, 'Chequing BBBBBBBB', null],
    ]);
    expect(asked()).toEqual({ RequestId: REQUEST_ID, NumberOfStatements: 'Months3' });
    expect(server.callsTo(AUTHORIZE)).toHaveLength(1);
    expect(flinks.observer.words).toEqual([]);
    expect(JSON.stringify(listed)).not.toContain(ACCOUNT);
  });

  it('are left out and counted when their account cannot be told; what is no PDF is left out', async () => {
    server
      .plan(
        STATEMENTS,
        statements(by('1', pdf('A')), by(null, pdf('B')), by('2', pdf('C')), by('3', pdf('D', PDF, 'CSV'))),
      )
      .plan(
        SUMMARY,
        summary(
          ...[
            { Id: 'a', AccountNumber: '2' },
            { Id: 'b', AccountNumber: '2' },
          ],
          ...[
            { Id: 'c', AccountNumber: '3' },
            { Id: 'd', AccountNumber: null },
          ],
        ),
      );
    expect(await list()).toMatchObject({ value: { kind: 'list', statements: [] } });
    expect(flinks.observer.words).toEqual([{ provider: 'flinks', kind: 'statement account', word: 'UNPLACED' }]);
  });

  it('are waited for, and so is the summary', async () => {
    server
      .plan(STATEMENTS, PENDING)
      .plan(STATEMENTS_ASYNC, PENDING, statements(by('1000001', pdf(ID))), statements(by('1000001', pdf(ID))))
      .plan(SUMMARY, PENDING, summary(CHEQUING));
    let cursor: Opened | null = null;
    for (let poll = 1; poll <= 3; poll += 1) {
      const waiting = await list(cursor);
      if (!waiting.ok || waiting.value.kind !== 'not_ready') throw new Error('Nothing to wait for.');
      expect(waiting.value.retryAt.getTime() - clock.now().getTime()).toBe(10_000);
      cursor = waiting.value.cursor as Opened;
      clock.advance(10_000);
    }
    expect(await list(cursor)).toMatchObject({ value: { kind: 'list', statements: [{ name: 'Chequing 01234567' }] } });
    expect(server.callsTo(AUTHORIZE)).toHaveLength(1);
  });

  it('a document is found among those of a year of its account', async () => {
    server.plan(STATEMENTS, statements(by('1', pdf('A'), pdf(ID))));
    const found = await document();
    if (!found.ok || found.value.kind !== 'document') throw new Error('No document.');
    expect(Buffer.from(found.value.document.pdf).toString()).toBe('%PDF-1.4 a page');
    expect(asked()).toEqual({ RequestId: REQUEST_ID, NumberOfStatements: 'Months12', AccountsFilter: [ACCOUNT] });
  });

  it('a document may take its time', async () => {
    server.plan(STATEMENTS, PENDING).plan(STATEMENTS_ASYNC, statements(by('1', pdf(ID))));
    const first = await document();
    if (!first.ok || first.value.kind !== 'not_ready') throw new Error('Nothing to wait for.');
    const second = flinks.statements.document(card, new Opened(`${ACCOUNT}:${ID}`), first.value.cursor, call);
    expect(await second).toMatchObject({ value: { kind: 'document' } });
  });

  it('an unknown statement is not found, and a strange id costs no call', async () => {
    server.plan(STATEMENTS, statements(by('1', pdf('A'))));
    expect(await document()).toMatchObject({ failure: { code: 'statement.not_found' } });
    const calls = server.calls.length;
    for (const id of ['', 'x', `${ACCOUNT}:`, `x:${ID}`, `${ACCOUNT}:${ID}:more`]) {
      expect(await document(id)).toMatchObject({ failure: { code: 'statement.not_found' } });
    }
    expect(server.calls).toHaveLength(calls);
  });

  it.each([
    ['a page of HTML', Buffer.from('<html>').toString('base64')],
    ['no base64', '%PDF-1.4'],
    ['base64 with a hole', `${PDF.slice(0, 8)}!${PDF.slice(8)}`],
    ['nothing but padding', '='],
    [
      'more than eight megabytes',
      Buffer.concat([Buffer.from('%PDF-'), Buffer.alloc(8 * 1024 * 1024)]).toString('base64'),
    ],
  ])('%s is no document', async (_what, bytes) => {
    server.plan(STATEMENTS, statements(by('1', pdf(ID, bytes))));
    expect(await document()).toMatchObject({ failure: { code: 'provider.bad_response' } });
  });

  it('an instance or a card without statements says so', async () => {
    server.plan(STATEMENTS, refused('METHOD_NOT_AVAILABLE', 405), refused('DISABLED_LOGIN'));
    expect(await list()).toMatchObject({ failure: { code: 'capability_unsupported' } });
    expect(await document()).toMatchObject({
      failure: { code: 'credential.invalid_login', observation: { state: 'blocked' } },
    });
  });
});
