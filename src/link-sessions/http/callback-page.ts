import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { PROBLEM_CATALOGUE, isProblemCode, type ProblemCode } from '../../platform/errors/problem-catalogue.js';
import { toFailure } from '../../platform/errors/to-failure.js';
import { RequestContext } from '../../platform/logging/request-context.js';

/** What a person reads whose visit cannot be completed. Fixed words only: nothing from the address is repeated. */
@Injectable()
export class CallbackPage {
  private readonly log = new Logger(CallbackPage.name);

  async answer(error: unknown, reply: FastifyReply): Promise<void> {
    const failure = toFailure(error);
    const code: ProblemCode = isProblemCode(failure.code) ? failure.code : 'internal';
    const { status, title } = PROBLEM_CATALOGUE[code];
    if (status >= 500) this.log.error({ err: error, code }, 'a hosted visit could not be completed');
    await reply
      .status(status)
      .type('text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
      .send(html(title, status >= 500 ? AGAIN : BACK, code));
  }
}

const AGAIN = 'Please load this page again in a moment.';
const BACK = 'Please go back to the app and start again.';

function html(title: string, advice: string, code: ProblemCode): string {
  const reference = RequestContext.requestId ?? '';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:4rem auto;padding:0 1rem}small{color:#666}</style></head>
<body><h1>${title}</h1><p>${advice}</p><p><small>${code} ${reference}</small></p></body>
</html>
`;
}
