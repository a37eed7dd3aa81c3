import type { FastifyReply } from 'fastify';
import { page } from '../../simulator/pages.js';

/** Connect may be framed and shows pictures inline. No form-action: it would stop the redirect to the app. */
export function sendHtml(reply: FastifyReply, status: number, body: string): FastifyReply {
  const policy = "default-src 'none'; img-src data:";
  return reply
    .code(status)
    .header('content-security-policy', policy)
    .type('text/html; charset=utf-8')
    .send(page('Connect', body));
}
