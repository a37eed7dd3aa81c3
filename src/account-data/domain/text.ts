const LONGEST = 2_000;

/** A vendor's text as PostgreSQL can keep it: no NUL, no half characters, bounded. The same text gives the same result. */
export function cleanText(text: string): string {
  return text.replaceAll('\u0000', '').slice(0, LONGEST).toWellFormed().trim();
}

/** For comparing: case, accents' spelling and runs of spaces do not matter. */
export function normalised(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(/\s+/gu, ' ').trim();
}

/**
 * How alike two texts of a bank are, 0 to 1. Banks reword a pending transaction when they book it: they add dates,
 * card numbers and places, so words count and digits do not.
 */
export function likeness(one: string, other: string): number {
  if (normalised(one) === normalised(other)) return 1;
  const [first, second] = [words(one), words(other)];
  if (first.size === 0 || second.size === 0) return SIMILAR;
  const shared = [...first].filter((word) => second.has(word)).length;
  return shared / Math.min(first.size, second.size);
}

/** From here on two texts are taken for the same transaction, if amount, currency and day fit too. */
export const SIMILAR = 0.5;

function words(text: string): Set<string> {
  return new Set(normalised(text).match(/\p{L}{2,}/gu) ?? []);
}
