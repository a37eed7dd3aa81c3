/**
 * In how many ways a regular expression could be tried on a text, at most. The engine tries them one after another, so
 * a foreign pattern is only run where the number is small: `(a+)+` on 30 characters would stop the process for hours.
 *
 * Overestimates. `Infinity` for what is not understood.
 * @param length of the text, in characters.
 */
export function patternCost(pattern: string, length: number): number {
  const reader = new PatternReader(pattern, length);
  const cost = reader.alternatives();
  return reader.isAtEnd() ? cost : Infinity;
}

const GROUP_START = /\((?:\?(?:[:=!]|<[=!]|<[\p{L}_$][\p{L}\p{N}_$]*>))?/uy;
/** With its closing bracket; `\]` does not close. */
const CHARACTER_CLASS = /\[(?:[^\]\\]|\\.)*\]/suy;
/** Not a reference back to a group: what that can match is not known here. */
const ESCAPE = /\\(?:[pPu]\{[^}]*\}|[^1-9k])/suy;
const QUANTIFIER = /(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??/uy;
const PLAIN = /[^()[\]{}|*+?\\]/suy;
/** Groups within groups; deeper ones would need the call stack. */
const DEEPEST = 20;

class PatternReader {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly pattern: string,
    private readonly length: number,
  ) {}

  isAtEnd(): boolean {
    return this.at === this.pattern.length;
  }

  /** One way after the other: they add up. */
  alternatives(): number {
    let cost = this.sequence();
    while (this.take(/\|/uy)) cost += this.sequence();
    return cost;
  }

  /** Each way of one part with each way of the next. */
  private sequence(): number {
    let cost = 1;
    for (let part = this.part(); part !== null; part = this.part()) cost *= part;
    return cost;
  }

  private part(): number | null {
    if (this.take(CHARACTER_CLASS) ?? this.take(ESCAPE) ?? this.take(PLAIN)) {
      const { min, max } = this.quantity();
      return max - min + 1;
    }
    return this.take(GROUP_START) ? this.group() : null;
  }

  private group(): number {
    this.depth += 1;
    const inner = this.depth > DEEPEST ? Infinity : this.alternatives();
    this.depth -= 1;
    if (!this.take(/\)/uy)) return Infinity;
    const { min, max } = this.quantity();
    return max === 0 ? 1 : inner ** max * (max - min + 1) * max;
  }

  /** How often the part before may come. More often than the text has characters makes no further ways. */
  private quantity(): { min: number; max: number } {
    const [found, sign, from, comma, to] = this.take(QUANTIFIER) ?? [];
    if (found === undefined) return { min: 1, max: 1 };
    const min = sign === undefined ? Number(from) : Number(sign === '+');
    const open = sign === undefined ? comma !== undefined && to === '' : sign !== '?';
    const most = open ? Infinity : sign === '?' ? 1 : Number(comma === undefined ? from : to);
    return { min, max: Math.max(min, Math.min(most, this.length)) };
  }

  private take(token: RegExp): RegExpExecArray | null {
    token.lastIndex = this.at;
    const found = token.exec(this.pattern);
    if (found) this.at = token.lastIndex;
    return found;
  }
}
