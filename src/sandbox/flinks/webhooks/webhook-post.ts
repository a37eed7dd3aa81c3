import { request as http } from 'node:http';
import { request as https } from 'node:https';

const PATIENCE_MS = 10_000;

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * One POST on a connection of its own, which keeps no process alive.
 * @returns the status; `null` when there was no answer. Never rejects.
 */
export async function post({ url, headers, body }: Post, signal: AbortSignal): Promise<number | null> {
  if (signal.aborted) return null;
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? https : http;
    const bytes = Buffer.from(body);
    const sent = send(url, {
      ...{ method: 'POST', agent: false, signal, timeout: PATIENCE_MS },
      headers: { 'content-type': 'application/json', 'content-length': bytes.length, ...headers },
    });
    sent.on('socket', (socket) => socket.unref());
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => {
      resolve(null);
    });
    sent.on('response', (answer) => {
      answer.resume();
      answer.on('close', () => {
        resolve(answer.statusCode ?? null);
      });
    });
    sent.end(bytes);
  });
}
