import { Report, type Figure } from '../bench/report.js';

/** A report that knows how many of its figures missed their target. */
export class Verdicts extends Report {
  missed = 0;

  override add(figure: Figure): void {
    super.add(figure);
    if (!figure.met) this.missed += 1;
  }

  /** What must not have happened at all. */
  none(id: string, name: string, count: number, of = ''): void {
    this.add({ id, name, value: count, unit: of, target: '0', met: count === 0 });
  }
}
