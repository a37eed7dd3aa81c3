import { setTimeout } from 'node:timers/promises';

import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { Opened } from '../platform/crypto/opened.js';
import type { Claim, KeptAnswer } from './kept-answer.js';
import { KeptAnswers } from './kept-answers.js';

const KEPT_HEADERS = ['content-type', 'location', 'cache-control'];
/** Other refusals came before any work, or say that the work may go better later. */
const FINAL_REFUSALS: ReadonlySet<number> = new Set([409, 410, 422]);
/** Together shorter than a claim's lease. */
const LATER_MS = [250, 1_000, 3_000, 10_000, 20_000];
/** Characters. No answer to a mutation is near it. */
const MOST_KEPT = 262_144;

/** Keeps the answers of claimed requests, errors too, in the form in which Fastify sends them. */
@Injectable()
export class AnswerRecorder implements OnModuleInit {
  private readonly log = new Logger(AnswerRecorder.name);

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly answers: KeptAnswers,
  ) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('onSend', (request, reply, payload, done) => {
      const claim = request.idempotencyClaim;
      if (claim === undefined) {
        done(null, payload);
        return;
      }
      void this.settle(claim, request, reply, payload).then(() => {
        done(null, payload);
      });
    });
  }

  /** Before the answer goes out: whoever has it and repeats the request gets the same. Never rejects. */
  private async settle(claim: Claim, request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
    // An error while sending comes through here again.
    request.idempotencyClaim = undefined;
    try {
      await this.write(claim, finalAnswer(reply, payload));
    } catch (error) {
      // The work is done, so the answer goes out. Until it is kept, a repeat is told to wait.
      this.log.warn({ err: error }, 'an answer could not be kept for repeats yet');
      void this.writeLater(claim, finalAnswer(reply, payload));
    }
  }

  private async write(claim: Claim, answer: KeptAnswer | null): Promise<void> {
    if (answer) await this.answers.keep(claim, answer);
    else await this.answers.release(claim);
  }

  /** The database may be back in a moment. After the last try the claim's lease ends by itself. Never rejects. */
  private async writeLater(claim: Claim, answer: KeptAnswer | null): Promise<void> {
    for (const waitMs of LATER_MS) {
      await setTimeout(waitMs, undefined, { ref: false });
      try {
        await this.write(claim, answer);
        return;
      } catch {
        // The next try is longer away.
      }
    }
  }
}

/** @returns null when a repeat should run again. */
function finalAnswer(reply: FastifyReply, payload: unknown): KeptAnswer | null {
  const { statusCode: status } = reply;
  const isFinal = (status >= 200 && status < 300) || FINAL_REFUSALS.has(status);
  // Whoever is told when to come back must not get this answer again then.
  if (!isFinal || reply.hasHeader('retry-after')) return null;
  const empty = payload === undefined || payload === null || payload === '';
  if (!empty && (typeof payload !== 'string' || payload.length > MOST_KEPT)) return null;
  return { status, headers: keptHeaders(reply), body: empty ? null : new Opened(payload) };
}

function keptHeaders(reply: FastifyReply): Record<string, string> {
  const entries = KEPT_HEADERS.flatMap((name): [string, string][] => {
    const value = reply.getHeader(name);
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return Object.fromEntries(entries);
}
