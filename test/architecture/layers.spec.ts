import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { jest } from '@jest/globals';

// The whole house is read, on a machine that may be busy.
jest.setTimeout(120_000);

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

async function violations(folder: string): Promise<string[]> {
  const cli = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs');
  const config = join(ROOT, '.dependency-cruiser.js');
  const tsConfig = join(ROOT, 'tsconfig.json');
  const args = [cli, 'src', 'migrations', '--config', config, '--ts-config', tsConfig, '--output-type', 'json'];
  const output = await run(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 }).catch(
    (failed: unknown) => failed as { stdout: string },
  );
  const { summary } = JSON.parse(output.stdout) as { summary: { violations: Violation[]; totalCruised: number } };
  expect(summary.totalCruised).toBeGreaterThan(1);
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
}

describe('directions of import', () => {
  it('hold in the whole house', async () => {
    expect(await violations(ROOT)).toEqual([]);
  });

  describe('are really checked', () => {
    const PLANTED = [
      ['provider-knows-the-contract-only', 'src/providers/tink/a.ts', 'src/providers/flinks/b.ts'],
      ['provider-knows-the-contract-only', 'src/providers/tink/a.ts', 'src/connections/b.ts'],
      ['contract-stands-alone', 'src/credentials/a.ts', 'src/platform/b.ts'],
      ['config-stands-alone', 'src/config/a.ts', 'src/platform/b.ts'],
      ['platform-knows-no-feature', 'src/platform/a.ts', 'src/users/b.ts'],
      ['nobody-imports-a-provider', 'src/connections/a.ts', 'src/providers/tink/b.ts'],
      ['domain-is-pure', 'src/connections/domain/a.ts', 'src/platform/b.ts'],
      ['nothing-imports-http', 'src/connections/a.ts', 'src/connections/http/b.ts'],
      ['rooms-keep-their-http', 'src/users/http/a.ts', 'src/connections/http/b.ts'],
      ['nothing-imports-admin', 'src/connections/a.ts', 'src/admin/b.ts'],
      ['nothing-imports-tasks', 'src/connections/a.ts', 'src/sync/tasks/b.ts'],
      ['users-do-not-know-connections', 'src/users/a.ts', 'src/connections/b.ts'],
      ['access-and-cache-are-below', 'src/cache/a.ts', 'src/users/b.ts'],
      ['sandbox-stays-outside', 'src/connections/a.ts', 'src/sandbox/b.ts'],
      ['simulators-know-no-product', 'src/sandbox/tink/a.ts', 'src/providers/tink/b.ts'],
      ['migrations-stand-alone', 'migrations/a.ts', 'src/connections/b.ts'],
      ['source-knows-no-tests', 'src/connections/a.ts', 'test/b.ts'],
    ] as const;
    let folder = '';
    let found: string[] = [];

    // All at once: reading the planted house takes as long for one as for all.
    beforeAll(async () => {
      folder = await mkdtemp(join(ROOT, 'test', 'architecture', '.planted-'));
      await plant('migrations/one.ts', 'export const one = 1;');
      for (const [index, [, from, to]] of PLANTED.entries()) {
        const up = '../'.repeat(from.split('/').length - 1);
        await plant(
          own(from, index),
          `import { b } from '${up}${own(to, index).replace('.ts', '.js')}';\nexport const a = b;`,
        );
        await plant(own(to, index), 'export const b = 1;');
      }
      await plant('src/users/c.ts', "import { d } from './d.js';\nexport const c: number = d;");
      await plant('src/users/d.ts', "import { c } from './c.js';\nexport const d: number = c;");
      found = await violations(folder);
    });

    afterAll(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    /** `src/a.ts` → `src/a3.ts` */
    function own(path: string, index: number): string {
      return path.replace(/\.ts$/, `${String(index)}.ts`);
    }

    async function plant(path: string, text: string): Promise<void> {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }

    it.each(PLANTED.map(([rule, from, to], index) => [rule, own(from, index), own(to, index)] as const))(
      '%s: %s',
      (rule, from, to) => {
        expect(found).toContain(`${rule}: ${from} → ${to}`);
      },
    );

    it('no-cycles', () => {
      expect(found.some((line) => line.startsWith('no-cycles'))).toBe(true);
    });
  });
});
