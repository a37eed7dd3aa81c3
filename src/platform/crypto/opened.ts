import { inspect } from 'node:util';

const PLACEHOLDER = '[secret]';

/** A secret in the clear, in memory only. Prints as a placeholder wherever it is shown: strings, JSON, logs, inspect. */
export class Opened {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** @param _reason a constant phrase that says why the text is needed, for the reader of the code. */
  reveal(_reason: string): string {
    return this.#text;
  }

  toString(): string {
    return PLACEHOLDER;
  }

  toJSON(): string {
    return PLACEHOLDER;
  }

  [inspect.custom](): string {
    return PLACEHOLDER;
  }
}
