import { Failure } from '../errors/failure.js';

/** Nothing that a route takes is deeper; converting what is would exhaust the stack. */
const DEEPEST = 32;
const NUL_ESCAPED = '\\u0000';
const NUL = '\u0000';

/** @returns the refusal of a text that must not even be parsed, `null` = fine. Looks at every character once. */
export function refusedBeforeParsing(text: string): Failure | null {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > DEEPEST) {
      return new Failure('request.invalid', { detail: `The body is nested deeper than ${DEEPEST} levels.` });
    }
  }
  return null;
}

/** PostgreSQL stores no text with U+0000, and no field here has a use for it. @returns the refusal, `null` = fine. */
export function refusedAfterParsing(text: string, body: unknown): Failure | null {
  if (!text.includes(NUL_ESCAPED)) return null;
  const pointer = pointerOfNul(body, '');
  if (pointer === null) return null;
  const message = 'Text must not contain the character U+0000.';
  return new Failure('request.invalid', { violations: [{ pointer, message }] });
}

function pointerOfNul(value: unknown, pointer: string): string | null {
  if (typeof value === 'string') return value.includes(NUL) ? pointer : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, member] of Object.entries(value)) {
    if (name.includes(NUL)) return pointer;
    const found = pointerOfNul(member, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    if (found !== null) return found;
  }
  return null;
}
