import type { Route } from '../e2e/access-routes.js';

/** Stands wherever people put secrets: values of fields, codes, headers, queries. No answer and no line may hold it. */
export const PLANTED = 'planted-5ecret-of-a-person';

export interface HostileRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string | Buffer;
}

/** What exists, so that not every request ends at a 404. */
export interface Surroundings {
  readonly routes: readonly Route[];
  readonly keys: readonly string[];
  readonly ids: readonly string[];
}

/** A small generator of numbers in [0, 1) that gives the same row for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const LONE = '\ud800';
const TEXTS: readonly string[] = [
  ...['', ' ', '\t', '\n', '\r\nSet-Cookie: a=b', '\u0000', '\u0007', '\u001b[2J', '\u007f', '\u0085', '\u2028'],
  ...[LONE, `\udc00${LONE}`, `a${LONE}b`, '\ufffe', '\uffff', '\u202egnp', '\ufeff', 'e\u0301'.repeat(100)],
  ...['\u{1F3E6}'.repeat(64), 'İ', 'ß', 'x'.repeat(65), 'x'.repeat(201), 'x'.repeat(5000), 'x'.repeat(60_000)],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'length', 'null', 'undefined'],
  ...["' OR 1=1--", '"; DROP TABLE users', '$1', '%', '_', '\\', '${7*7}', '{{7*7}}', '../../etc/passwd', '..', '.'],
  ...['<script>alert(1)</script>', 'javascript:alert(1)', 'data:text/html,x', 'https://a.0x/', 'https://٠.٠/'],
  ...['https://1.2.3.4.0x100/', `https://a/${LONE}`, 'https://a/%', 'https://a\\@b/', '//evil.example', 'file:///etc'],
  ...['NaN', 'Infinity', '-1', '0', '1e309', '9007199254740993', '0x10', '2026-13-45', 'true', '[]', '{}'],
];
const OTHERS: readonly unknown[] = [
  ...[null, true, false, 0, -1, 0.1, 1e21, Number.MAX_SAFE_INTEGER + 2, [], {}, [[]], [null], [{}], { $ne: null }],
  ...[{ toString: 1 }, { valueOf: null }, { length: -1 }, { length: 1e9 }, { then: 1 }, { toJSON: 1 }, { 0: 'a' }],
  ...[Array(2000).fill(0), Array(60).fill({}), Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`k${i}`, i]))],
];
/** Sent as they are. */
const RAW: readonly (string | Buffer)[] = [
  ...['', ' ', '{', '}', '[', 'null', 'true', '1', '"x"', '[]', '{}', '{"a":1}{"b":2}', '{"a":1,}', "{'a':1}", 'NaN'],
  ...['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"a":1}}}', '{"a":{"__proto__":1}}'],
  ...['{"\\u005f_proto__":{"scopes":["admin"]}}', '{"fields":{"\\u005f_proto__":"x"}}', '1e400', '-', '{"a":1e400}'],
  ...[`{"fields":{"password":"${PLANTED}"`, `password=${PLANTED}`, '\ufeff{}', '{"externalUserId":"\\ud800"}'],
  ...['['.repeat(30_000), '['.repeat(30_000) + ']'.repeat(30_000), '{"a":'.repeat(12_000) + '1' + '}'.repeat(12_000)],
  ...[
    `{"fields":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    `{"fields":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_001)}`,
  ],
  ...[`{"scopes":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, `{"items":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
  ...[`{"userId":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, `"${'x'.repeat(66_000)}"`, `[${'0,'.repeat(30_000)}0]`],
  ...[
    Buffer.from([0xff, 0xfe, 0x7b, 0x7d]),
    Buffer.from([0xc0, 0x80]),
    Buffer.from('{"externalUserId":"\u00ff"}', 'latin1'),
  ],
  ...[Buffer.from('{"externalUserId":"x"}', 'utf16le'), Buffer.alloc(70_000, 0x20), Buffer.alloc(100, 0)],
];
const TYPES: readonly string[] = [
  ...['application/json', 'application/json; charset=utf-8', 'application/json; charset=utf-16', 'APPLICATION/JSON'],
  ...['application/json;', 'application/jsonx', 'text/json', 'text/plain', 'application/x-www-form-urlencoded', ''],
  ...[
    'multipart/form-data; boundary=x',
    'application/merge-patch+json',
    'application/json, text/html',
    '*/*',
    '/',
    ';',
  ],
  ...['application/xml', `application/${'j'.repeat(3000)}`, 'application/json; __proto__=1', '\u00ff'],
];
const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ...(['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'x-real-ip', 'host', 'origin', 'referer'] as const).map(
    (name) => [name, `evil.example/${PLANTED}`] as const,
  ),
  ...(['cookie', 'x-api-key', 'proxy-authorization', 'x-request-id', 'traceparent', 'user-agent'] as const).map(
    (name) => [name, `a=${PLANTED} <script>`] as const,
  ),
  ['x-http-method-override', 'DELETE'],
  ['x-original-url', '/admin/clients'],
  ['x-request-id', 'x'.repeat(5000)],
  ['x-request-id', '\u00e9\u00ff'],
  ['if-none-match', '*'],
  ['if-none-match', `${'W/"a",'.repeat(1500)}"b"`],
  ['if-match', '"nothing"'],
  ['accept', 'text/html;q=NaN'],
  ['accept-encoding', 'gzip;q=9, br, *'],
  ['accept-version', '9.9.9'],
  ['content-encoding', 'gzip'],
  ['content-length', '1'],
  ['content-length', '-1'],
  ['content-length', '99999999'],
  ['content-length', 'x'],
  ['expect', '100-continue'],
  ['range', 'bytes=0-,9-1,-5'],
  ['upgrade', 'h2c'],
  ['transfer-encoding', 'chunked'],
  ['idempotency-key', PLANTED],
  ['__proto__', 'x'],
  ['constructor', 'x'],
];
const SEGMENTS: readonly string[] = [
  ...['%00', '%2e%2e', '..%2f..%2fetc%2fpasswd', '%E0%A4', '%', '%zz', '%F0%9F%8F%A6', '%ED%A0%80', '%0d%0aX:y', '+'],
  ...['__proto__', 'constructor', 'toString', '*', ':id', '%3Aid', '~', ';a=b', '%c0%ae', '\u00e9', 'null', '-1', '0'],
  ...[
    'x'.repeat(101),
    'x'.repeat(4000),
    '0199ffff-0000-7000-8000-00000000ffff%20',
    '{0199ffff-0000-7000-8000-00000000ffff}',
  ],
  ...['tink', 'flanks', 'flinks', 'TINK', 'tink%2f', 'swagger-ui.css', '.%2e%2findex.html'],
];
const QUERY_NAMES: readonly string[] = [
  ...['limit', 'cursor', 'userId', 'externalUserId', 'provider', 'institutionId', 'state', 'needsAction', 'market'],
  ...[
    'query',
    'code',
    'credentialsId',
    'credentials_id',
    'error',
    'loginId',
    'session_id',
    '__proto__',
    'a[b]',
    'a.b',
    '',
    'x',
  ],
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Sound bodies; a hostile one has something else in one place or more. */
const BODIES: Readonly<Record<string, (id: string) => Record<string, unknown>>> = {
  '/v1/users': () => ({ externalUserId: 'cust', market: 'SE', locale: 'sv_SE' }),
  '/v1/users/:id/authorization-grants': () => ({ provider: 'tink', scope: ['accounts:read'] }),
  '/v1/users/access-tokens': () => ({ provider: 'tink', code: PLANTED }),
  '/v1/connections': (userId) => ({
    ...{ userId, provider: 'tink', institutionId: 'se-demobank-password', reference: 'r' },
    ...{ fields: { username: PLANTED, password: PLANTED }, redirectUrl: 'https://app.example/back' },
  }),
  '/v1/connections/:id/login': () => ({ fields: { username: PLANTED, password: PLANTED } }),
  '/v1/connections/:id/supplemental-information': () => ({ fields: { otpInput: PLANTED } }),
  '/v1/connections/:id/refresh': () => ({ userPresent: true, items: ['CHECKING_ACCOUNTS'] }),
  '/v1/connections/:id/authenticate': () => ({ redirectUrl: 'https://app.example/back' }),
  '/v1/link-sessions': (userId) => ({
    ...{ userId, provider: 'flanks', purpose: 'connect', institutionId: 'testbank', connectionId: userId },
    ...{ redirectUrl: 'https://app.example/back', locale: 'es_ES', reference: 'r' },
  }),
  '/admin/clients': () => ({ name: 'n', scopes: ['users:read'] }),
  '/admin/jobs/dead/redrive': (id) => ({ queue: 'sync.tink', ids: [id], limit: 1 }),
  '/v1/webhook-endpoints/:id/replay': () => ({ from: '2026-11-19T10:00:00Z', to: '2026-11-20T10:00:00Z' }),
};

/** Makes hostile requests, the same ones for the same seed. */
export class HostileRequests {
  private readonly next: () => number;
  private readonly guarded: readonly Route[];

  constructor(
    private readonly around: Surroundings,
    seed: number,
  ) {
    this.next = seeded(seed);
    this.guarded = around.routes.filter(
      ({ template, method }) => /^\/(v1|admin|link)/.test(template) && method !== 'HEAD',
    );
  }

  one(): HostileRequest {
    const route = this.pick(this.chance(0.9) ? this.guarded : this.around.routes);
    const method = this.chance(0.85) ? route.method : this.pick(METHODS);
    const url = `${this.path(route.template, method)}${this.chance(0.5) ? this.query() : ''}`;
    const body = this.body(route.template, method);
    const headers = {
      ...this.authorization(),
      ...(body === undefined ? {} : { 'content-type': this.chance(0.85) ? 'application/json' : this.pick(TYPES) }),
      ...this.furtherHeaders(),
    };
    return { method, url, headers, ...(body === undefined ? {} : { payload: body }) };
  }

  private path(template: string, method: string): string {
    const path = template
      .split('/')
      .map((part) => (part.startsWith(':') || part === '*' ? this.segment(part, method) : part))
      .join('/');
    if (!this.chance(0.06)) return path;
    const trick = this.pick(['/', '//', '/.', '/%2e', '%20', '?', '#x', ';x', '/../v1/users', '%2F', '\\', '.json']);
    return this.chance(0.5)
      ? `${path}${trick}`
      : path.replace('/', this.pick(['//', '/./', '/%2e%2e/', '/V1/', '%2f']));
  }

  private segment(part: string, method: string): string {
    if (part === ':provider') return this.pick(SEGMENTS);
    // What is there must stay there, for the requests that follow.
    return method !== 'DELETE' && this.chance(0.5) ? this.pick(this.around.ids) : this.pick(SEGMENTS);
  }

  private query(): string {
    const count = this.chance(0.02) ? 300 : 1 + Math.floor(this.next() * 3);
    const pairs = Array.from({ length: count }, () => {
      const name = this.pick(QUERY_NAMES);
      const value = this.chance(0.3) ? PLANTED : this.pick([...SEGMENTS, ...this.around.ids, '5', '201', '1e3', '[]']);
      return this.chance(0.15) ? `${name}=${value}&${name}=${PLANTED}` : `${name}=${value}`;
    });
    return `?${pairs.join(this.pick(['&', '&', '&', ';', '&&']))}`;
  }

  private authorization(): Record<string, string> {
    if (this.chance(0.75)) return { authorization: `Bearer ${this.pick(this.around.keys)}` };
    const strange = [
      ...['', 'Bearer', 'Bearer ', `Bearer ${PLANTED}`, `Basic ${PLANTED}`, `bearer  mk_${PLANTED}`, 'Bearer mk__'],
      ...[`Bearer mk_0123456789abcdef_${'a'.repeat(43)}`, `Bearer ${'a'.repeat(7000)}`, `Bearer ${' '.repeat(7000)}x`],
      ...['Bearer \u00ff\u00fe'.repeat(20), 'Bearer __proto__', `Bearer eyJhbGciOiJub25lIn0.${PLANTED}.`],
    ];
    return this.chance(0.2) ? {} : { authorization: this.pick(strange) };
  }

  private furtherHeaders(): Record<string, string> {
    if (!this.chance(0.3)) return {};
    return Object.fromEntries(Array.from({ length: 1 + Math.floor(this.next() * 3) }, () => this.pick(HEADERS)));
  }

  private body(template: string, method: string): string | Buffer | undefined {
    if (method === 'GET' || method === 'HEAD') return this.chance(0.05) ? this.pick(RAW) : undefined;
    if (this.chance(0.2)) return this.pick(RAW);
    const sound = BODIES[template]?.(this.pick(this.around.ids)) ?? {};
    for (let changes = 1 + Math.floor(this.next() * 2); changes > 0; changes -= 1) this.spoil(sound);
    return JSON.stringify(sound).slice(0, 200_000);
  }

  private spoil(body: Record<string, unknown>): void {
    const name = this.chance(0.15) ? this.pick(TEXTS) : this.pick([...Object.keys(body), 'fields']);
    const inner = Object.hasOwn(body, name) ? body[name] : undefined;
    if (this.chance(0.5) && typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      this.spoil(inner as Record<string, unknown>);
    } else if (this.chance(0.1)) {
      Reflect.deleteProperty(body, name);
    } else {
      const value = this.chance(0.65) ? this.pick(TEXTS) : structuredClone(this.pick(OTHERS));
      const list = Array.isArray(inner) && this.chance(0.6) ? [value] : value;
      Object.defineProperty(body, name, { value: list, enumerable: true, configurable: true, writable: true });
    }
  }

  private chance(share: number): boolean {
    return this.next() < share;
  }

  private pick<T>(from: readonly T[]): T {
    const found = from[Math.floor(this.next() * from.length)];
    if (found === undefined) throw new RangeError('Nothing to pick from.');
    return found;
  }
}
