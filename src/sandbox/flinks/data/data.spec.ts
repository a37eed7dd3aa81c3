import { FLINKS_CODES, isCode, messageOf, statusOf } from '../flinks-codes.js';
import { demoUser } from './demo-users.js';
import { INSTITUTIONS, institutionNamed } from './institutions.js';
import { PICTURES } from './pictures.js';
import { monthsBefore, statementId, statementPdf } from './statement-pdf.js';

describe('a statement', () => {
  it('is a PDF whose table finds every object', () => {
    const file = statementPdf('Chequing 1000001 2026-10').toString('latin1');
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
    expect(file.slice(start, start + 4)).toBe('xref');
    const offsets = [...file.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, at]) => Number(at));
    expect(offsets.map((at) => file.slice(at, at + 7))).toEqual([1, 2, 3, 4, 5].map((n) => `${n} 0 obj`));
    const [, length, content = ''] = /Length (\d+) >>\nstream\n([^]*?)\nendstream/.exec(file) ?? [];
    expect(content.length).toBe(Number(length));
    expect(content).toContain('(Chequing 1000001 2026-10)');
  });

  it('belongs to a full month', () => {
    expect(monthsBefore(Date.UTC(2026, 0, 31), 3)).toEqual(['2025-12', '2025-11', '2025-10']);
    expect(statementId('a', '2025-12')).toMatch(/^[0-9A-F]{32}$/);
    expect(statementId('a', '2025-12')).not.toBe(statementId('a', '2025-11'));
  });
});

describe('pictures', () => {
  it('are JPEG files that differ', () => {
    const files = Object.values(PICTURES).map((picture) => Buffer.from(picture, 'base64'));
    for (const file of files) {
      expect(file.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
      expect(file.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
    }
    expect(new Set(Object.values(PICTURES)).size).toBe(3);
  });
});

describe('codes', () => {
  const newer = { generation: 'new', throttledStatus: 429 } as const;

  it('have the status of their generation, and a text', () => {
    expect(statusOf('INVALID_LOGIN', newer)).toBe(401);
    expect(statusOf('INVALID_LOGIN', { ...newer, generation: 'old' })).toBe(400);
    expect(statusOf('INVALID_REQUEST', { ...newer, generation: 'old' })).toBe(400);
    expect(statusOf('INVALID_PASSWORD', { ...newer, generation: 'old' })).toBe(401);
    expect(statusOf('TOO_MANY_REQUESTS', newer)).toBe(429);
    expect(statusOf('OPERATION_DISPATCHED', newer)).toBe(202);
    for (const code of FLINKS_CODES) expect(messageOf(code)).not.toBe('');
    for (const word of ['INSTITUTION_NOT_AVAILABLE', 'METHOD_SELECTION', 'toString']) expect(isCode(word)).toBe(false);
  });
});

describe('users and banks', () => {
  it('users are known in any case, and some by their code', () => {
    expect(demoUser('GreatDay')?.asks).toBe('vary');
    expect(demoUser('test_code_retry_later')?.refusal).toBe('RETRY_LATER');
    expect(demoUser('test_data_AGGREGATION_ERROR')).toMatchObject({ refusal: null, data: 'AGGREGATION_ERROR' });
    expect(demoUser('test_code_nonsense')).toBeNull();
    expect(demoUser('nobody')).toBeNull();
  });

  it('banks are known by either name, and have ids of their own', () => {
    expect(institutionNamed(' flinksCAPITAL')?.id).toBe(14);
    expect(institutionNamed('banque démo érable')?.id).toBe(901);
    expect(institutionNamed('14')).toBeNull();
    expect(new Set(INSTITUTIONS.map(({ id }) => id)).size).toBe(INSTITUTIONS.length);
  });
});
