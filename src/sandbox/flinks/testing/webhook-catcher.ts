import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Caught {
  readonly headers: IncomingHttpHeaders;
  /** The untouched bytes. */
  readonly body: Buffer;
}

/** A customer's server for the specs. */
export class WebhookCatcher {
  readonly caught: Caught[] = [];
  /** What the next ones are answered; 200 when there is none left. `hang` = never. */
  readonly answers: (number | 'hang')[] = [];
  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.caught.push({ headers: request.headers, body: Buffer.concat(chunks) });
      const answer = this.answers.shift() ?? 200;
      if (answer === 'hang') this.onHang();
      else response.writeHead(answer).end();
    });
  });
  private onHang: () => void = () => undefined;
  /** Resolves when one hangs. */
  readonly hanging = new Promise<void>((resolve) => {
    this.onHang = resolve;
  });

  static async start(): Promise<WebhookCatcher> {
    const catcher = new WebhookCatcher();
    catcher.server.listen(0, '127.0.0.1');
    await once(catcher.server, 'listening');
    return catcher;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks/flinks`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
