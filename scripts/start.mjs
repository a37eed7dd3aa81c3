// Builds when a source is newer than the last build, then runs the built Mooring in this process.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'dist', '.built');
const SOURCES = ['src', 'migrations', 'ormconfig.ts', 'package.json', '.swcrc', 'nest-cli.json'];

function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function builtAt() {
  try {
    return statSync(stamp).mtimeMs;
  } catch {
    return 0;
  }
}

export function buildWhenNeeded() {
  const changed = Math.max(...SOURCES.map((name) => newest(join(root, name))));
  if (builtAt() >= changed) return;
  process.stdout.write('Building Mooring.\n');
  const cli = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const build = spawnSync(process.execPath, [cli, 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (build.status !== 0) process.exit(build.status ?? 1);
  writeFileSync(stamp, '');
  utimesSync(stamp, new Date(), new Date());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  buildWhenNeeded();
  const entry = process.argv[2] ?? 'dist/src/main.js';
  process.argv.splice(1, 2, join(root, entry));
  await import(join(root, entry));
}
