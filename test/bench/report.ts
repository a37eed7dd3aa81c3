import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Figure {
  readonly id: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: string;
  readonly met: boolean;
}

/** Prints one line for each figure and writes all of them as JSON. */
export class Report {
  private readonly figures: Figure[] = [];

  constructor(private readonly name: string) {}

  add(figure: Figure): void {
    this.figures.push(figure);
    const { id, name, value, unit, target, met } = figure;
    console.log(`${id} ${name} ${String(value)} ${unit} (target ${target})${met ? '' : '  NOT MET'}`);
  }

  note(text: string): void {
    console.log(`   ${text}`);
  }

  async write(): Promise<void> {
    const folder = join(process.cwd(), 'test', 'bench', 'results');
    await mkdir(folder, { recursive: true });
    const facts = { node: process.version, at: new Date().toISOString(), figures: this.figures };
    await writeFile(join(folder, `${this.name}.json`), `${JSON.stringify(facts, null, 2)}\n`);
  }
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
