import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { member, textAt } from './rest-client.js';

/** Where the running sandbox is, for programs in another terminal. No secrets. */
export interface SandboxNote {
  readonly url: string;
  /** By provider. */
  readonly simulators: Readonly<Record<string, string>>;
}

const FILE = 'sandbox.json';

export async function writeSandboxNote(dataDir: string, note: SandboxNote): Promise<void> {
  await writeFile(join(dataDir, FILE), `${JSON.stringify(note, null, 2)}\n`);
}

/** @throws Error when no sandbox has run with this data directory. */
export async function readSandboxNote(dataDir: string): Promise<SandboxNote> {
  const note: unknown = JSON.parse(await readFile(join(dataDir, FILE), 'utf8'));
  const simulators = member(note, 'simulators');
  return { url: textAt(note, 'url'), simulators: (simulators ?? {}) as Record<string, string> };
}
