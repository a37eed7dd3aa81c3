import type { Capabilities } from '../../src/credentials/capabilities.js';
import type { Provider } from '../../src/credentials/provider.js';

export type Cell = 'works' | 'works, user present' | 'through a link session' | 'refused by design';

/** What each operation of the port is at a provider, read off its published capabilities. */
export const OPERATIONS: Readonly<Record<string, (can: Capabilities) => Cell>> = {
  list: (can) => works(can.list),
  get: () => 'works',
  create: ({ connect, link }) => orLink(connect.includes('direct'), link.includes('connect')),
  delete: () => 'works',
  refresh: ({ refresh }) =>
    refresh === 'by_provider' ? 'refused by design' : refresh === 'user_present' ? 'works, user present' : 'works',
  authenticate: ({ authenticate, link }) => orLink(authenticate, link.includes('renew')),
  qr: (can) => works(can.qr),
  submitSupplementalInformation: (can) => works(can.supplementalInformation),
};

function works(can: boolean): Cell {
  return can ? 'works' : 'refused by design';
}

function orLink(direct: boolean, hosted: boolean): Cell {
  return direct ? 'works' : hosted ? 'through a link session' : 'refused by design';
}

/** The table of the README. */
export function operationTable(providers: readonly Pick<Provider, 'name' | 'credentials'>[]): string {
  const head = ['operation', ...providers.map(({ name }) => name)];
  const rows = Object.entries(OPERATIONS).map(([name, cell]) => [
    `\`${name}\``,
    ...providers.map(({ credentials }) => cell(credentials.capabilities)),
  ]);
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
