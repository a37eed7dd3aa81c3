import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

import { startDeadline, stopReason } from './deadline.js';
import { outgoingFault, type OutgoingAnswer, type OutgoingFault } from './outgoing-outcome.js';
import { PublicHttpOptions } from './public-http.options.js';
import {
  guardedLookup,
  RefusedAddressError,
  refusalAfterLookup,
  refusalOf,
  type TargetRefusal,
} from './public-target.js';

/** Nothing was sent: the address is one that is never called. */
export interface RefusedTarget {
  readonly kind: 'refused';
  readonly refusal: TargetRefusal;
}

export type PublicOutcome = OutgoingAnswer | OutgoingFault | RefusedTarget;

export interface PublicPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TLS_OR_NETWORK = new Set(['connect', 'getaddrinfo']);

/**
 * Calls servers whose addresses clients chose: only public ones, over TLS. Every connection is new, looked up and
 * checked by itself. Redirects are not followed, answers are cut off, and no proxy of the environment is used.
 */
export class PublicHttp {
  private readonly http: HttpAgent;
  private readonly https: HttpsAgent;

  constructor(private readonly options: PublicHttpOptions) {
    const agent = { keepAlive: false, lookup: guardedLookup(options) };
    this.http = new HttpAgent(agent);
    this.https = new HttpsAgent({ ...agent, minVersion: 'TLSv1.2' });
  }

  /** For the client who gives the address. `null` = it may be called. */
  async refusal(url: string): Promise<TargetRefusal | null> {
    return refusalAfterLookup(url, this.options);
  }

  /** Never rejects. @param signal of the caller; the deadline is this class's own. */
  async post(post: PublicPost, signal: AbortSignal): Promise<PublicOutcome> {
    const refusal = refusalOf(post.url, this.options);
    if (refusal) return { kind: 'refused', refusal };
    const deadline = startDeadline(signal, this.options.deadlineMs);
    try {
      return await this.send(post, deadline.signal);
    } finally {
      deadline.clear();
    }
  }

  private async send(post: PublicPost, signal: AbortSignal): Promise<PublicOutcome> {
    if (signal.aborted) return outgoingFault(stopReason(signal), false);
    return new Promise((resolve) => {
      const request = this.open(post, signal);
      let answered = false;
      request.on('error', (error) => {
        if (!answered) resolve(toOutcome(error, signal));
      });
      // An answer that changes the protocol ends the connection without a response and without an error.
      request.once('close', () => {
        if (!answered) resolve(outgoingFault('connection_lost', true));
      });
      request.once('response', (response) => {
        answered = true;
        void readAnswer(response, this.options.maxResponseBytes).then((answer) => {
          resolve(answer);
          request.destroy();
        });
      });
      request.end(post.body);
    });
  }

  private open({ url, headers, body }: PublicPost, signal: AbortSignal): ClientRequest {
    const target = new URL(url);
    const secure = target.protocol === 'https:';
    const options = {
      method: 'POST',
      headers: { 'user-agent': 'mooring', 'content-length': Buffer.byteLength(body), ...headers },
      signal,
    };
    return secure
      ? httpsRequest(target, { ...options, agent: this.https })
      : httpRequest(target, { ...options, agent: this.http });
  }
}

/** With the status the matter is settled: a body that does not end, or is cut off, changes nothing. */
async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<OutgoingAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= maxBytes) break;
    }
  } catch {
    // Cut off, or the deadline passed.
  }
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(response.headers)) {
    if (typeof value === 'string') headers.set(name, value);
  }
  const body = Buffer.concat(chunks).subarray(0, maxBytes);
  return { kind: 'answer', status: response.statusCode ?? 0, headers, body };
}

function toOutcome(error: Error, signal: AbortSignal): PublicOutcome {
  if (error instanceof RefusedAddressError) return { kind: 'refused', refusal: 'not_public' };
  if (signal.aborted) return outgoingFault(stopReason(signal), true);
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  const neverConnected = TLS_OR_NETWORK.has(syscall) || /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_|DEPTH_)/.test(code);
  return neverConnected ? outgoingFault('unreachable', false) : outgoingFault('connection_lost', true);
}
