import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface PlannedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes go out as they are, anything else as JSON. */
  readonly body?: unknown;
}

/** `hang` never answers, `reset` cuts the connection. */
export type Reply = PlannedAnswer | 'hang' | 'reset';

interface Plan {
  readonly route: string;
  readonly replies: Reply[];
  readonly always: boolean;
}

/** A provider's server that answers only what was planned, in the planned order; any other call is remembered as a fault. */
export class ProviderServerFake {
  readonly calls: SeenCall[] = [];
  readonly unplanned: string[] = [];
  private readonly plans: Plan[] = [];
  private readonly waiters: { readonly count: number; readonly resolve: () => void }[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<ProviderServerFake> {
    const holder: { fake?: ProviderServerFake } = {};
    const server = createServer((request, response) => {
      holder.fake?.receive(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    holder.fake = new ProviderServerFake(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return holder.fake;
  }

  /** Each reply is given once, in this order. */
  plan(route: string, ...replies: readonly Reply[]): this {
    this.plans.push({ route, replies: [...replies], always: false });
    return this;
  }

  /** One reply for any number of calls. */
  always(route: string, reply: Reply): this {
    this.plans.push({ route, replies: [reply], always: true });
    return this;
  }

  reset(): void {
    for (const list of [this.calls, this.unplanned, this.plans]) list.length = 0;
    this.server.closeAllConnections();
  }

  /** What did not go as planned since the last reset; then resets. */
  finish(): { readonly unplanned: readonly string[]; readonly unused: readonly string[] } {
    const result = { unplanned: [...this.unplanned], unused: this.unused };
    this.reset();
    return result;
  }

  callsTo(route: string): readonly SeenCall[] {
    return this.calls.filter(({ method, path }) => `${method} ${path}` === route);
  }

  /** Routes whose replies were not all asked for. */
  private get unused(): readonly string[] {
    return this.plans.filter(({ always, replies }) => !always && replies.length > 0).map(({ route }) => route);
  }

  /** Resolves once this many calls have arrived. */
  async arrived(count: number): Promise<void> {
    if (this.calls.length >= count) return;
    await new Promise<void>((resolve) => this.waiters.push({ count, resolve }));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', this.url);
      const method = request.method ?? '';
      const body = Buffer.concat(chunks).toString();
      this.calls.push({ method, path: url.pathname, query: url.searchParams, headers: request.headers, body });
      this.answer(`${method} ${url.pathname}`, request, response);
      for (const { count, resolve } of this.waiters) if (this.calls.length >= count) resolve();
    });
  }

  private answer(route: string, request: IncomingMessage, response: ServerResponse): void {
    const plan = this.plans.find((each) => each.route === route && each.replies.length > 0);
    const reply = plan?.always ? plan.replies[0] : plan?.replies.shift();
    if (reply === 'hang') return;
    if (reply === 'reset') {
      request.socket.destroy();
      return;
    }
    if (!reply) this.unplanned.push(route);
    const { status, headers = {}, body } = reply ?? { status: 501, body: 'unplanned' };
    const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    response.writeHead(status, { ...(raw ? {} : { 'content-type': 'application/json' }), ...headers });
    response.end(raw ? body : JSON.stringify(body));
  }
}
