/**
 * Reads several choices that were joined by commas. An option may hold a comma itself, so the text is taken apart along
 * the options, longest first.
 * @returns the chosen values in their order; `null` when the text is no such list.
 */
export function choicesIn(text: string, offered: readonly string[]): readonly string[] | null {
  const longestFirst = [...new Set(offered)].sort((one, other) => other.length - one.length);
  // From the end: `ways[at]` is a reading of everything behind `at`.
  const ways = new Map<number, readonly string[]>([[text.length + 1, []]]);
  for (let at = text.length; at >= 0; at -= 1) {
    if (at > 0 && text[at - 1] !== ',') continue;
    for (const option of longestFirst) {
      const rest = ways.get(at + option.length + 1);
      const ends = at + option.length;
      if (!rest || !text.startsWith(option, at) || (ends < text.length && text[ends] !== ',')) continue;
      ways.set(at, [option, ...rest]);
      break;
    }
  }
  return ways.get(0) ?? null;
}
