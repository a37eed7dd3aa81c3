/** Forms of secrets that can be known by their look, wherever they stand in a line. */
const SECRET_FORMS: readonly (readonly [RegExp, string])[] = [
  [/\bmk_[A-Za-z0-9-]+_[A-Za-z0-9_-]+/g, 'mk_[redacted]'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, '$1 [redacted]'],
  [/\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)?/g, '[redacted token]'],
  [/(:\/\/[^\s/:@"]*):[^\s/@"]+@/g, '$1:[redacted]@'],
];

export function scrub(line: string): string {
  return SECRET_FORMS.reduce((text, [form, replacement]) => text.replace(form, replacement), line);
}
