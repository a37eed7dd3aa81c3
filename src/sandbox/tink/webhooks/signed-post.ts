import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

const TIMEOUT_MS = 10_000;

/** @param seconds Unix time. */
export function signatureOf(body: string, secret: string, seconds: number): string {
  const v1 = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${v1}`;
}

/** Posts the bytes as they are, over a connection of its own. @returns the status; `null` when no answer came. */
export function post(url: string, body: string, signature: string | null, signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...(signature !== null && { 'x-tink-signature': signature }),
    };
    const request = send(url, { method: 'POST', agent: false, headers, signal, timeout: TIMEOUT_MS }, (response) => {
      response.on('error', () => undefined).resume();
      resolve(response.statusCode ?? null);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => {
      resolve(null);
    });
    // A receiver that never answers must not keep a process alive.
    request.on('socket', (socket) => socket.unref());
    request.end(body);
  });
}
