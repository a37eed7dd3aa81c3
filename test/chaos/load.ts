import { walkHostedPages } from '../../src/sandbox/flanks/hosted-visitor.js';

const DEADLINE_MS = 40_000;
const TINK_BANKS = ['se-demobank-password', 'se-demobank-open-banking-embedded'];
const FLINKS_LOGINS = ['greatday_nomfa', 'Greatday', 'greatday_business', 'test_code_retry_later'];

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Customers who do everything a caller can do, in random order, at random processes. */
export class Load {
  readonly outcomes = new Map<string, number>();
  readonly deletedUsers = new Set<string>();
  private stopped = false;
  private count = 0;

  constructor(
    private readonly urls: readonly string[],
    private readonly key: string,
    private readonly publicUrl: string,
  ) {}

  async run(customers: number): Promise<void> {
    await Promise.all(
      Array.from({ length: customers }, async () => {
        while (!this.stopped) await this.customer();
      }),
    );
  }

  stop(): void {
    this.stopped = true;
  }

  /** `status` 0 = nobody answered. */
  async call(method: string, path: string, body?: unknown, url: string = this.any(this.urls)): Promise<Answer> {
    const [, , what, , act] = path.split('?')[0]?.split('/') ?? [];
    let answer: Answer = { status: 0, body: {} };
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: 'manual',
        signal: AbortSignal.timeout(DEADLINE_MS),
        headers: { authorization: `Bearer ${this.key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await response.text();
      const json = response.headers.get('content-type')?.includes('json') && text !== '';
      answer = { status: response.status, body: json ? (JSON.parse(text) as Record<string, unknown>) : {} };
    } catch {
      // Killed, restarted or too slow: the point of the exercise.
    }
    const outcome = `${method} ${what ?? ''} ${act ?? ''} ${answer.status} ${codeOf(answer)}`;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    return answer;
  }

  private async customer(): Promise<void> {
    const made = await this.call('POST', '/v1/users', { externalUserId: crypto.randomUUID(), market: 'SE' });
    const userId = made.body['id'];
    if (typeof userId !== 'string') return pause(100);
    for (let step = 0; step < 6 && !this.stopped; step += 1) {
      await this.step(userId);
      await pause(Math.random() * 300);
    }
    if (Math.random() < 0.6) {
      const gone = await this.call('DELETE', `/v1/users/${userId}`);
      if (gone.status === 204 || gone.status === 202) this.deletedUsers.add(userId);
    }
  }

  private async step(userId: string): Promise<void> {
    const chance = Math.random();
    if (chance < 0.25) return this.tink(userId);
    if (chance < 0.4) return this.flinks(userId);
    if (chance < 0.55) return this.flanks(userId);
    return this.command(userId);
  }

  private async tink(userId: string): Promise<void> {
    const good = Math.random() < 0.3;
    const username = good ? 'u10000001' : `u2${String(this.count++).padStart(7, '0')}`;
    const institutionId = this.any(TINK_BANKS);
    await this.connect(userId, 'tink', institutionId, { username, password: good ? 'abc123' : 'wrong' });
  }

  private async flinks(userId: string): Promise<void> {
    await this.connect(userId, 'flinks', 'FlinksCapital', { username: this.any(FLINKS_LOGINS), password: 'Everyday' });
  }

  private async connect(userId: string, provider: string, institutionId: string, fields: unknown): Promise<void> {
    await this.call('POST', '/v1/connections', { userId, provider, institutionId, fields });
  }

  private async flanks(userId: string): Promise<void> {
    const redirectUrl = 'https://app.example/back';
    const visit = await this.call('POST', '/v1/link-sessions', {
      userId,
      provider: 'flanks',
      purpose: 'connect',
      redirectUrl,
    });
    if (typeof visit.body['url'] !== 'string') return;
    const walk = { username: `chaos.${this.count++}`, leaves: Math.random() < 0.1 };
    const end = await walkHostedPages(visit.body['url'], walk).catch(() => null);
    // Some browsers are closed before they come back.
    const back = end?.location;
    if (back?.origin !== this.publicUrl || Math.random() < 0.3) return;
    await this.call('GET', `${back.pathname}${back.search}`);
  }

  private async command(userId: string): Promise<void> {
    const list = await this.call('GET', `/v1/connections?userId=${userId}`);
    const connections = (list.body['data'] ?? []) as {
      id: string;
      nextAction: { kind: string; fields?: { name: string }[] };
    }[];
    if (connections.length === 0) return;
    const one = this.any(connections);
    const path = `/v1/connections/${one.id}`;
    const answers = (one.nextAction.fields ?? []).map(({ name }) => ({ name, value: '123456' }));
    const commands: (() => Promise<unknown>)[] = [
      async () => this.call('GET', path),
      async () => Promise.all([this.call('POST', `${path}/refresh`, {}), this.call('POST', `${path}/refresh`, {})]),
      async () => this.call('POST', `${path}/authenticate`, {}),
      async () => this.call('POST', `${path}/supplemental-information`, { fields: answers }),
      async () => this.call('PUT', `${path}/login`, { fields: { username: 'u10000001', password: 'abc123' } }),
      async () => Promise.all([this.call('DELETE', path), this.call('POST', `${path}/refresh`, {})]),
    ];
    await this.any(commands)();
  }

  private any<T>(items: readonly T[]): T {
    const one = items[Math.floor(Math.random() * items.length)];
    if (one === undefined) throw new RangeError('Nothing to choose from.');
    return one;
  }
}

function codeOf({ body: { code } }: Answer): string {
  return typeof code === 'string' ? code : '';
}

async function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
