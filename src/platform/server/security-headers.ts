import type { FastifyInstance } from 'fastify';

/** The browsable page brings its own scripts; the rest of what a page can do is closed, also being shown in a frame. */
const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** No browser guesses another content type than the one that is said; the page of `docsPath` gets a policy. */
export function installSecurityHeaders(server: FastifyInstance, docsPath: string): void {
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-content-type-options', 'nosniff');
    // By the raw address: Fastify makes an object each time that a request's route is asked for.
    if (request.raw.url?.startsWith(docsPath)) {
      void reply.header('content-security-policy', DOCS_POLICY).header('referrer-policy', 'no-referrer');
    }
    done();
  });
}
