import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { CredentialRef } from '../../src/credentials/credential-ref.js';
import type { Challenge } from '../../src/credentials/challenge.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import type { LinkPurpose } from '../../src/credentials/link-purpose.js';
import type { Result } from '../../src/credentials/result.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import type { ContractHarness, ServiceOperation, StartHarness } from './contract-harness.js';
import { startFlanks } from './flanks.harness.js';
import { startFlinks } from './flinks.harness.js';
import { OPERATIONS, operationTable, type Cell } from './operation-table.js';
import { REFUSAL } from './refused.js';
import { startTink } from './tink.harness.js';

const STARTS = [
  ['Tink', startTink],
  ['Flanks', startFlanks],
  ['Flinks', startFlinks],
] as const;
const CALL = { signal: new AbortController().signal };
const QUESTION: Challenge = {
  kind: 'submit_information',
  expiresAt: null,
  fields: [{ name: 'code', label: 'Code', type: 'text', required: true, masked: false }],
};

type Answer = Promise<Result<unknown, ProviderFailure>>;

function ask(harness: ContractHarness, operation: ServiceOperation, ref: CredentialRef): Answer {
  const { credentials } = harness.provider;
  const calls: Readonly<Record<ServiceOperation, () => Answer>> = {
    list: async () => credentials.list(ref.user, CALL),
    get: async () => credentials.get(ref, CALL),
    create: async () => credentials.create(harness.goodLogin(ref.user), CALL),
    delete: async () => credentials.delete(ref, CALL),
    refresh: async () => credentials.refresh(ref, { userPresent: true }, CALL),
    authenticate: async () => credentials.authenticate(ref, {}, CALL),
    qr: async () => credentials.qr(ref, CALL),
    submitSupplementalInformation: async () =>
      credentials.submitSupplementalInformation(ref, QUESTION, new Map([['code', new Opened('1')]]), CALL),
  };
  return calls[operation]();
}

/** The page that does what the operation does not. */
const PAGES: Readonly<Partial<Record<ServiceOperation, LinkPurpose>>> = { create: 'connect', authenticate: 'renew' };

describe('the table of operations', () => {
  const open: ContractHarness[] = [];

  async function started(start: StartHarness): Promise<ContractHarness> {
    const harness = await start();
    open.push(harness);
    return harness;
  }

  afterEach(async () => {
    for (const harness of open.splice(0)) await harness.close();
  });

  /** However wide somebody made the columns. */
  const narrow = (table: string) => table.trim().replaceAll(/ +/g, ' ').replaceAll(/-+/g, '---');

  it('is in the README as the capabilities say', async () => {
    const harnesses = await Promise.all(STARTS.map(async ([, start]) => started(start)));
    const readme = await readFile(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
    const [, shown = 'The README has no table between the markers.'] =
      /<!-- operations -->\s*([^]*?)\s*<!-- \/operations -->/.exec(readme) ?? [];
    expect(narrow(shown)).toBe(narrow(operationTable(harnesses.map(({ provider }) => provider))));
  });

  const rows = Object.keys(OPERATIONS) as ServiceOperation[];
  const cells = STARTS.flatMap(([name, start]) => rows.map((operation) => [operation, name, start] as const));

  it.each(cells)('tells the truth of %s at %s', async (operation, _name, start) => {
    const harness = await started(start);
    const cellOf = OPERATIONS[operation];
    if (!cellOf) throw new Error('There is no such row.');
    const { provider } = harness;
    const cell: Cell = cellOf(provider.credentials.capabilities);
    const ref = await harness.begin('active', await harness.user());
    if (!ref) throw new Error('This provider connects nobody.');

    const answer = await ask(harness, operation, ref);

    if (cell.startsWith('works')) {
      expect(answer.ok ? 'ok' : answer.failure.code).not.toBe('capability_unsupported');
      return;
    }
    expect(answer).toMatchObject({ ok: false, failure: REFUSAL });
    if (cell === 'through a link session') {
      const purpose = PAGES[operation];
      expect(provider.credentials.capabilities.link).toContain(purpose);
      const state = new Opened('state-of-the-visit-0123456789');
      const request = { user: ref.user, purpose: purpose ?? 'connect', state, callbackUrl: 'https://a.example/link' };
      const begun = await provider.links?.begin(
        purpose === 'connect' ? request : { ...request, credential: ref },
        CALL,
      );
      expect(begun).toMatchObject({ ok: true });
    }
  });
});
