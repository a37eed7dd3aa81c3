import type { FastifyAdapter } from '@nestjs/platform-fastify';

import { Failure } from '../errors/failure.js';

/** Bodies under this address come from vendors, who sign the bytes. */
const RAW_PATHS = '/webhooks/';
export const RAW_BODY_LIMIT_BYTES = 1024 * 1024;
/** Ours alone; whoever sends it elsewhere is refused. */
const RAW_TYPE = 'application/vnd.mooring.raw';

const TOO_LARGE = { detail: 'A webhook may have up to 1 MiB.' };

/** Under `/webhooks/` the handler gets the untouched bytes as a `Buffer`, whatever the content type says. */
export function keepRawBodies(adapter: FastifyAdapter): void {
  const server = adapter.getInstance();
  const options = { parseAs: 'buffer', bodyLimit: RAW_BODY_LIMIT_BYTES } as const;
  server.addContentTypeParser(RAW_TYPE, options, (request, body, done) => {
    if (isRaw(request.raw.url)) done(null, body);
    else done(new Failure('request.unsupported_media_type'));
  });
  server.addHook('onRequest', (request, _reply, done) => {
    if (!isRaw(request.raw.url)) {
      done();
      return;
    }
    const { headers } = request.raw;
    const isLarge = Number(headers['content-length'] ?? 0) > RAW_BODY_LIMIT_BYTES;
    headers['content-type'] = RAW_TYPE;
    if (isLarge) done(new Failure('request.too_large', TOO_LARGE));
    else done();
  });
}

function isRaw(url: string | undefined): boolean {
  return url?.startsWith(RAW_PATHS) ?? false;
}
