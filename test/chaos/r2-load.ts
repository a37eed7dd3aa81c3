import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const DEADLINE_MS = 20_000;

export interface Answer {
  /** 0 = nobody answered. */
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
}

/** What was acknowledged and must be found afterwards. */
export interface Promised {
  readonly path: string;
  readonly key: string;
  readonly body: unknown;
  readonly id: string;
}

/** Callers who read, create and refresh, and repeat what was not acknowledged with the same idempotency key. */
export class DurableLoad {
  /** `GET 200` → how often. */
  readonly answers = new Map<string, number>();
  /** Neither success, nor a refusal that makes sense, nor a 503 that says when to come again. */
  readonly strange = new Map<string, number>();
  readonly promised: Promised[] = [];
  /** Is the database certainly away? */
  away = false;
  /** Writes that were answered while it was away otherwise than with 503 and Retry-After. */
  answeredAway = 0;
  refusedAway = 0;
  private stopped = false;

  constructor(
    private readonly urls: readonly string[],
    private readonly apiKey: string,
    private readonly connections: readonly string[],
  ) {}

  async run(callers: number): Promise<void> {
    await Promise.all(
      Array.from({ length: callers }, async () => {
        while (!this.stopped) await this.turn();
      }),
    );
  }

  stop(): void {
    this.stopped = true;
  }

  async call(method: string, path: string, body?: unknown, key?: string, url = any(this.urls)): Promise<Answer> {
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        signal: AbortSignal.timeout(DEADLINE_MS),
        headers: {
          authorization: `Bearer ${this.apiKey}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const text = await response.text();
      const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      return { status: response.status, retryAfter: response.headers.get('retry-after'), body: parsed };
    } catch (error) {
      return { status: 0, retryAfter: null, body: { code: error instanceof Error ? error.name : 'unknown' } };
    }
  }

  private async turn(): Promise<void> {
    const chance = Math.random();
    if (chance < 0.35) await this.seen('GET', `/v1/connections/${any(this.connections)}`);
    else if (chance < 0.55) await this.seen('POST', `/v1/connections/${any(this.connections)}/refresh`, {});
    else await this.create();
    await pause(Math.random() * 40);
  }

  /** A user and a connection of theirs, each asked for until it is acknowledged. */
  private async create(): Promise<void> {
    const userId = await this.certainly('/v1/users', { externalUserId: randomUUID(), market: 'SE' });
    if (userId === null) return;
    const username = `u3${String(Math.floor(Math.random() * 1e12))}`;
    const login = { provider: 'tink', institutionId: 'se-demobank-password', fields: { username, password: 'wrong' } };
    await this.certainly('/v1/connections', { userId, ...login });
  }

  private async certainly(path: string, body: unknown): Promise<string | null> {
    const key = randomUUID();
    while (!this.stopped) {
      const { status, body: answer } = await this.seen('POST', path, body, key);
      const { id } = answer;
      if ((status === 201 || status === 202) && typeof id === 'string') {
        this.promised.push({ path, key, body, id });
        return id;
      }
      await pause(300);
    }
    return null;
  }

  private async seen(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
    const wasAway = this.away;
    const answer = await this.call(method, path, body, key);
    const [, , what, , act] = path.split('/');
    const { status, retryAfter } = answer;
    const code = typeof answer.body['code'] === 'string' ? answer.body['code'] : '';
    const line = `${method} ${what ?? ''} ${act ?? ''} ${String(status)} ${code}`;
    count(this.answers, line);
    const comeAgain = status === 503 && retryAfter !== null;
    if (!comeAgain && (status === 0 || status >= 500 || [401, 403, 404].includes(status))) count(this.strange, line);
    // Reads may come from the cache.
    if (wasAway && this.away && method === 'POST') {
      if (comeAgain) this.refusedAway += 1;
      else this.answeredAway += 1;
    }
    return answer;
  }
}

function count(counts: Map<string, number>, line: string): void {
  counts.set(line, (counts.get(line) ?? 0) + 1);
}

function any<T>(items: readonly T[]): T {
  const one = items[Math.floor(Math.random() * items.length)];
  if (one === undefined) throw new RangeError('Nothing to choose from.');
  return one;
}
