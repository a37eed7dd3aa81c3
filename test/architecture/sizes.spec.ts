import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const SRC = join(import.meta.dirname, '..', '..', 'src');
const MEDIAN = 80;
const PERCENTILE_95 = 250;
const STOP = 400;

interface Room {
  readonly path: string;
  readonly lines: number;
  readonly text: string;
}

async function sources(): Promise<Room[]> {
  const names = (await readdir(SRC, { recursive: true })).filter((name) => /(?<!\.spec)\.ts$/.test(name));
  return Promise.all(
    names.map(async (path) => {
      const text = await readFile(join(SRC, path), 'utf8');
      return { path, lines: text.split('\n').length - 1, text };
    }),
  );
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

describe('the size of the rooms', () => {
  it('stays small', async () => {
    const lines = (await sources()).map((room) => room.lines);
    expect(lines.length).toBeGreaterThan(100);
    expect(percentile(lines, 0.5)).toBeLessThanOrEqual(MEDIAN);
    expect(percentile(lines, 0.95)).toBeLessThanOrEqual(PERCENTILE_95);
  });

  it('never passes the limit', async () => {
    expect((await sources()).filter((room) => room.lines > STOP).map((room) => room.path)).toEqual([]);
  });
});

describe('the habits of the house', () => {
  it('has no barrels', async () => {
    const rooms = await sources();
    expect(rooms.filter((room) => /(^|\/)index\.ts$/.test(room.path)).map((room) => room.path)).toEqual([]);
  });

  it.each([
    [
      'the time comes from the clock',
      /\bDate\.now\(|\bnew Date\(\)/,
      ['platform/time/clock.ts', 'platform/logging/root-logger.ts'],
    ],
    ['the environment is read in one place', /\bprocess\.env\b/, ['main.ts', 'sandbox/tour/tour.main.ts']],
    ['no forwardRef', /\bforwardRef\(/, []],
    ['no default exports', /^export default /m, []],
    ['no switched-off checks', /eslint-disable|@ts-(ignore|nocheck|expect-error)/, []],
  ] as const)('%s', async (_habit, pattern, allowed: readonly string[]) => {
    const breaking = (await sources()).filter((room) => pattern.test(room.text)).map((room) => room.path);
    expect(breaking.filter((path) => !allowed.includes(path))).toEqual([]);
  });

  it('writes synchronize as the literal false, once', async () => {
    const lines = (await sources()).flatMap((room) => room.text.match(/synchronize\s*:.*$/gm) ?? []);
    expect(lines.map((line) => line.trim())).toEqual(['synchronize: false,']);
  });
});
