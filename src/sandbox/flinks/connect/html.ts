import type { FastifyReply } from 'fastify';

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** No form-action here: browsers apply it to the redirect that follows, which leads to the app. */
export function sendHtml(reply: FastifyReply, status: number, body: string, reloads = false): FastifyReply {
  const policy = "default-src 'none'; img-src data:";
  const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Connect</title>
${reloads ? '<meta http-equiv="refresh" content="1">' : ''}</head>
<body><h1>Connect</h1>
${body}
</body></html>
`;
  return reply.code(status).header('content-security-policy', policy).type('text/html; charset=utf-8').send(page);
}
