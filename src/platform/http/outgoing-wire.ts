import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

import type { HttpService } from '@nestjs/axios';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';

import { stopReason } from './deadline.js';
import type { OutgoingHttpOptions } from './outgoing-http.options.js';
import { outgoingFault, type OutgoingAnswer, type OutgoingFault, type OutgoingOutcome } from './outgoing-outcome.js';
import type { OutgoingBody, OutgoingRequest } from './outgoing-request.js';

/** One attempt on the wire. It drops the library's errors: they carry the address, headers and body. */
export class OutgoingWire {
  private readonly httpAgent: HttpAgent;
  private readonly httpsAgent: HttpsAgent;

  constructor(
    private readonly http: HttpService,
    private readonly options: OutgoingHttpOptions,
  ) {
    // All may stay open: jobs come and end in bursts, and each new connection costs more than the call that it is for.
    const agent = { keepAlive: true, maxSockets: options.maxSockets, maxFreeSockets: options.maxSockets };
    this.httpAgent = new HttpAgent(agent);
    this.httpsAgent = new HttpsAgent({ ...agent, minVersion: 'TLSv1.2' });
  }

  /** @param signal the call's deadline and the caller's signal in one. */
  async send(request: OutgoingRequest, signal: AbortSignal): Promise<OutgoingOutcome> {
    const config = this.config(request, signal);
    try {
      // Not `http.request`: its observable cancels each call that has ended, which costs an error with its stack.
      return toAnswer(await this.http.axiosRef.request<unknown>(config));
    } catch (error) {
      return toFault(error, signal);
    }
  }

  /** Closes idle connections, at shutdown. */
  close(): void {
    this.httpAgent.destroy();
    this.httpsAgent.destroy();
  }

  private config(request: OutgoingRequest, signal: AbortSignal): AxiosRequestConfig {
    const url = new URL(request.url);
    for (const [name, value] of request.query ?? []) url.searchParams.append(name, value);
    const body = encodeBody(request.body);
    return {
      url: url.href,
      method: request.method,
      headers: { Accept: 'application/json', 'User-Agent': 'mooring', ...body?.headers, ...request.headers },
      ...(body && { data: body.data }),
      signal,
      adapter: 'http',
      responseType: 'arraybuffer',
      maxContentLength: request.maxResponseBytes ?? this.options.maxResponseBytes,
      maxBodyLength: Infinity,
      maxRedirects: 0,
      proxy: false,
      validateStatus: () => true,
      httpAgent: this.httpAgent,
      httpsAgent: this.httpsAgent,
    };
  }
}

function encodeBody(body: OutgoingBody | undefined): { data: Buffer; headers: Record<string, string> } | undefined {
  if (body === undefined) return undefined;
  if ('json' in body) {
    return { data: Buffer.from(JSON.stringify(body.json)), headers: { 'Content-Type': 'application/json' } };
  }
  const form = new URLSearchParams();
  for (const [name, value] of body.form) form.append(name, value);
  return {
    data: Buffer.from(form.toString()),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  };
}

function toAnswer(response: AxiosResponse<unknown>): OutgoingAnswer {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(response.headers)) {
    if (typeof value === 'string') headers.set(name.toLowerCase(), value);
  }
  const body = response.data instanceof Uint8Array ? response.data : new Uint8Array();
  return { kind: 'answer', status: response.status, headers, body };
}

const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const TLS_REFUSED = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

function toFault(error: unknown, signal: AbortSignal): OutgoingFault {
  if (signal.aborted) return outgoingFault(stopReason(signal), true);
  if (textOf(error, 'message').startsWith('maxContentLength')) return outgoingFault('too_large', true);
  const code = textOf(error, 'code');
  const syscall = textOf(valueOf(error, 'cause'), 'syscall');
  const neverConnected =
    NEVER_CONNECTED.has(code) || TLS_REFUSED.test(code) || syscall === 'connect' || syscall === 'getaddrinfo';
  return neverConnected ? outgoingFault('unreachable', false) : outgoingFault('connection_lost', true);
}

function textOf(holder: unknown, key: string): string {
  const value = valueOf(holder, key);
  return typeof value === 'string' ? value : '';
}

function valueOf(holder: unknown, key: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
}
