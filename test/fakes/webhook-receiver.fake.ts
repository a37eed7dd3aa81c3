import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { Webhook } from 'standardwebhooks';

export interface ReceivedEvent {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As it was sent. */
  readonly raw: string;
  readonly type: string;
  readonly body: {
    readonly type: string;
    readonly version: number;
    readonly timestamp: string;
    readonly data: EventData;
  };
}

export interface EventData {
  readonly userId: string;
  readonly connectionId: string | null;
  readonly [member: string]: unknown;
}

/** `hang` answers only when `release` is called. */
export type ReceiverAnswer =
  number | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } | 'hang';

/** A client's server on this machine. Takes everything until told otherwise. */
export class WebhookReceiverFake {
  readonly received: ReceivedEvent[] = [];
  /** Decides what is answered to each event. */
  answer: (event: ReceivedEvent) => ReceiverAnswer = () => 200;
  private readonly held: FastifyReply[] = [];
  private readonly waiters: { readonly count: number; readonly resolve: () => void }[] = [];

  private constructor(
    private readonly server: FastifyInstance,
    readonly url: string,
  ) {}

  static async start(): Promise<WebhookReceiverFake> {
    const server = Fastify({ forceCloseConnections: true });
    server.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
      done(null, text);
    });
    const holder: { fake?: WebhookReceiverFake } = {};
    server.post('/hook', async (request, reply) => holder.fake?.receive(String(request.body), request.headers, reply));
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    holder.fake = new WebhookReceiverFake(server, `${url}/hook`);
    return holder.fake;
  }

  /** Of every event that was sent so far, in the order of arrival; repeats too. */
  get ids(): string[] {
    return this.received.map(({ id }) => id);
  }

  /** @throws when the signature does not fit this secret, or is older than five minutes. */
  static verify({ raw, headers }: ReceivedEvent, secret: string): unknown {
    return new Webhook(secret).verify(raw, { ...headers });
  }

  /** Until this many arrived, repeats too. */
  async arrived(count: number): Promise<void> {
    if (this.received.length >= count) return;
    await new Promise<void>((resolve) => this.waiters.push({ count, resolve }));
  }

  /** Answers whatever hangs. */
  async release(status: number): Promise<void> {
    await Promise.all(this.held.splice(0).map(async (reply) => reply.status(status).send()));
  }

  async close(): Promise<void> {
    await this.release(503);
    await this.server.close();
  }

  private async receive(
    raw: string,
    headers: Readonly<Record<string, unknown>>,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
    const body = JSON.parse(raw) as ReceivedEvent['body'];
    const event = { id: texts['webhook-id'] ?? '', headers: texts, raw, type: body.type, body };
    this.received.push(event);
    for (const { count, resolve } of this.waiters) if (this.received.length >= count) resolve();
    const answer = this.answer(event);
    if (answer === 'hang') {
      this.held.push(reply);
      return reply;
    }
    const { status, headers: extra = {}, body: text = '' } = typeof answer === 'number' ? { status: answer } : answer;
    return reply.status(status).headers(extra).send(text);
  }
}
