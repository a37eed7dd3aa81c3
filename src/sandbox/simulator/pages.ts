import type { FastifyReply } from 'fastify';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

/** @param body HTML; what comes from outside must be escaped. */
export function page(title: string, body: string): string {
  const name = escapeHtml(title);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${name}</title></head>
<body><h1>${name}</h1>
${body}
</body></html>
`;
}

/** No form-action here: browsers apply it to the redirect that follows, which leads to the app. */
export function sendPage(reply: FastifyReply, status: number, text: string): FastifyReply {
  const policy = "default-src 'none'; frame-ancestors 'none'";
  return reply.code(status).header('content-security-policy', policy).type('text/html; charset=utf-8').send(text);
}
