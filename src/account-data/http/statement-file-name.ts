const LONGEST = 80;

/** For `Content-Disposition`: letters, digits, dot, dash and underscore only, whatever a provider calls a statement. */
export function statementFileName(name: string): string {
  const safe = name
    .normalize('NFKD')
    .replace(/\.pdf$/i, '')
    .replaceAll(/[^\w.-]+/g, '_')
    .replaceAll(/^[._-]+|[._-]+$/g, '')
    .slice(0, LONGEST);
  return `${safe === '' ? 'statement' : safe}.pdf`;
}
