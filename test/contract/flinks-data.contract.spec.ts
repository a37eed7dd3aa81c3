import type { CredentialRef } from '../../src/credentials/credential-ref.js';
import type { SecretValue } from '../../src/credentials/secret-value.js';
import { createFlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { API_KEY, CUSTOMER, SECRET_KEY } from '../fixtures/flinks/flinks-under-test.js';
import { describeAccountDataContract } from './account-data.contract.js';
import { FlinksDataHarness, startFlinksData } from './flinks-data.harness.js';

describeAccountDataContract('Flinks', startFlinksData);

const DAY_MS = 86_400_000;
const call = { signal: new AbortController().signal };

describe('Flinks, reading what is stored', () => {
  let harness: FlinksDataHarness;
  let simulator: Awaited<ReturnType<typeof createFlinksSimulator>>;
  let ref: CredentialRef;
  let loginId: string;

  beforeEach(async () => {
    const clock = MovableClock.frozenAt(new Date('2026-11-20T10:00:00.000Z'));
    simulator = await createFlinksSimulator({ clock, customerId: CUSTOMER, secretKey: SECRET_KEY, apiKey: API_KEY });
    harness = new FlinksDataHarness(clock, simulator);
    ref = await harness.connected(await harness.user());
    [, loginId = ''] = ref.credentialId.reveal('test').split(':');
  });
  afterEach(async () => harness.close());

  const data = async () => harness.provider.data?.read(ref, { since: null, cursor: null }, call);
  const statements = async () => {
    const listed = await harness.provider.statements?.list(ref, null, call);
    if (!listed?.ok || listed.value.kind !== 'list') throw new Error('No list.');
    return listed.value.statements;
  };
  const document = async (id: SecretValue) => harness.provider.statements?.document(ref, id, null, call);
  const nights = () => simulator.control.attempts({ cause: 'nightly' }).length;
  const get = async () => harness.provider.credentials.get(ref, call);

  it('costs as few calls as Flinks allows, and no attempt at the bank', async () => {
    await get();
    expect(harness.calls()).toEqual(['POST /GenerateAuthorizeToken', 'POST /Authorize']);
    expect(await data()).toMatchObject({ ok: true });
    expect(harness.calls()).toEqual(['POST /GenerateAuthorizeToken', 'POST /Authorize', 'POST /GetAccountsDetail']);
    await statements();
    expect(harness.calls().slice(1)).toEqual(['POST /Authorize', 'POST /GetStatements', 'POST /GetAccountsSummary']);
    expect(simulator.control.attempts()).toEqual([]);
  });

  it('lists statements of its own accounts, the same each time, and gives each as a PDF', async () => {
    const listed = await statements();
    const ids = listed.map(({ vendorId }) => vendorId.reveal('test'));
    expect(new Set(ids).size).toBe(9);
    expect((await statements()).map(({ vendorId }) => vendorId.reveal('test'))).toEqual(ids);
    const accounts = simulator.control.totals(loginId).accounts.map(({ id }) => id);
    for (const { accountVendorId } of listed) expect(accounts).toContain(accountVendorId.reveal('test'));
    for (const { vendorId } of listed) {
      const found = await document(vendorId);
      if (!found?.ok || found.value.kind !== 'document') throw new Error('No document.');
      expect(Buffer.from(found.value.document.pdf).subarray(0, 8).toString()).toBe('%PDF-1.4');
    }
  });

  it('gives no statement of another credential', async () => {
    const [foreign] = await statements();
    ref = await harness.connected(await harness.user());
    if (!foreign) throw new Error('No statement.');
    expect(await document(foreign.vendorId)).toMatchObject({ failure: { code: 'statement.not_found' } });
  });

  it('a card that is read every six days stays in the nightly refresh', async () => {
    for (let read = 0; read < 5; read += 1) {
      await (read % 2 === 0 ? get() : data());
      harness.advance(6 * DAY_MS);
    }
    simulator.control.state();
    expect(nights()).toBe(30);
  });

  it('a card that nobody reads drops out after seven days, and only its old data tell', async () => {
    await get();
    harness.advance(20 * DAY_MS);
    simulator.control.state();
    expect(nights()).toBe(7);
    // The reading itself looks healthy.
    expect(await get()).toMatchObject({
      value: { observation: { state: 'active', cause: 'none', dataAsOf: new Date('2026-11-27T04:00:00.000Z') } },
    });
    // And it does not bring the card back: the last success is too old as well.
    harness.advance(2 * DAY_MS);
    simulator.control.state();
    expect(nights()).toBe(7);
  });

  it('a card whose bank was down for a week drops out, however often it is read', async () => {
    simulator.control.script({ username: 'greatday_nomfa', at: 'authorize', code: 'RETRY_LATER', times: 8 });
    for (let day = 0; day < 10; day += 1) {
      await get();
      harness.advance(DAY_MS);
    }
    simulator.control.state();
    expect(nights()).toBe(7);
    expect(await get()).toMatchObject({ value: { observation: { state: 'retrying', cause: 'bank_unavailable' } } });
  });
});
