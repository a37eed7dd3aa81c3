import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';

const LOOPBACK = '127.0.0.1';

export interface ListenOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
}

/** @returns the address without a trailing slash. @throws when the port is taken. */
export async function listen(app: FastifyInstance, { host = LOOPBACK, port = 0 }: ListenOptions): Promise<string> {
  await app.listen({ host, port });
  return `http://${host}:${portOf(app)}`;
}

function portOf(app: FastifyInstance): number {
  const address: AddressInfo | string | null = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('The simulator does not listen on a port.');
  return address.port;
}
