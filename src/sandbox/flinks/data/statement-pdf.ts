import { createHash } from 'node:crypto';

/** One page with one line of text; a valid PDF. @param line ASCII without brackets or backslashes */
export function statementPdf(line: string): Buffer {
  const content = `BT /F1 12 Tf 72 720 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, n) => {
    const at = file.length;
    file += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(file + table + trailer, 'latin1');
}

/** 32 hex digits in upper case. */
export function statementId(accountId: string, month: string): string {
  return createHash('sha256').update(`statement|${accountId}|${month}`).digest('hex').slice(0, 32).toUpperCase();
}

/** The last full months before a moment, newest first, as YYYY-MM. */
export function monthsBefore(moment: number, count: number): readonly string[] {
  const date = new Date(moment);
  return Array.from({ length: count }, (_, n) =>
    new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1 - n, 1)).toISOString().slice(0, 7),
  );
}
