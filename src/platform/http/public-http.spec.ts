import { createServer, type RequestListener, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { bodyText } from './outgoing-outcome.js';
import { PublicHttp } from './public-http.js';
import { PublicHttpOptions, type Resolve } from './public-http.options.js';

const never = new AbortController().signal;

/** Answers with each list once, the last one again and again. */
function resolver(...answers: readonly (readonly string[])[]): Resolve & { readonly asked: string[] } {
  const asked: string[] = [];
  const resolve: Resolve = (host, done) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(host);
    done(
      null,
      answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return Object.assign(resolve, { asked });
}

describe('PublicHttp', () => {
  let server: Server;
  let port = 0;
  let hits: { readonly url: string; readonly body: string }[] = [];
  let answer: RequestListener = (_request, response) => response.end();

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        hits.push({ url: request.url ?? '', body: Buffer.concat(chunks).toString() });
        answer(request, response);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });

  beforeEach(() => {
    hits = [];
    answer = (_request, response) => response.end();
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const client = (overrides: Partial<PublicHttpOptions> = {}) => new PublicHttp(new PublicHttpOptions(overrides));
  const post = async (http: PublicHttp, url: string, signal = never) =>
    http.post({ url, headers: { 'content-type': 'application/json' }, body: '{"a":1}' }, signal);

  describe('refuses before anything is sent', () => {
    it.each([
      ['plain http', 'http://example.com/hook', 'not_https'],
      ['another protocol', 'file:///etc/passwd', 'not_https'],
      ['a login', 'https://user:pass@example.com/', 'credentials_in_address'],
      ['a name alone', 'https://user@example.com/', 'credentials_in_address'],
      ['no address', 'example.com', 'not_an_address'],
      ['loopback', 'https://127.0.0.1/', 'not_public'],
      ['loopback in hex', 'https://0x7f.1/', 'not_public'],
      ['loopback as a number', 'https://2130706433/', 'not_public'],
      ['loopback in octal', 'https://0177.0.0.1/', 'not_public'],
      ['metadata', 'https://169.254.169.254/latest/meta-data', 'not_public'],
      ['IPv6 loopback', 'https://[::1]/', 'not_public'],
      ['IPv4 in IPv6', 'https://[::ffff:10.0.0.1]/', 'not_public'],
      ['anything here', 'https://0.0.0.0/', 'not_public'],
    ])('%s', async (_what, url, refusal) => {
      const resolve = resolver(['1.1.1.1']);
      expect(await post(client({ resolve }), url)).toEqual({ kind: 'refused', refusal });
      expect(await client({ resolve }).refusal(url)).toBe(refusal);
      expect(resolve.asked).toEqual([]);
    });
  });

  it('refuses a name whose answer changed after the check', async () => {
    const resolve = resolver(['93.184.216.34'], ['127.0.0.1']);
    const http = client({ resolve });
    const url = `https://rebind.example:${port}/hook`;

    expect(await http.refusal(url)).toBeNull();
    expect(await post(http, url)).toEqual({ kind: 'refused', refusal: 'not_public' });
    expect(resolve.asked).toEqual(['rebind.example', 'rebind.example']);
    expect(hits).toEqual([]);
  });

  it('refuses a name with one private address among public ones', async () => {
    const http = client({ resolve: resolver(['1.1.1.1', '10.0.0.1']) });
    expect(await post(http, 'https://mixed.example/')).toEqual({ kind: 'refused', refusal: 'not_public' });
    expect(await http.refusal('https://mixed.example/')).toBe('not_public');
  });

  it('takes a name that cannot be found now: it may be found later', async () => {
    const resolve: Resolve = (_host, done) => {
      done(Object.assign(new Error('not found'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), []);
    };
    expect(await client({ resolve }).refusal('https://later.example/')).toBeNull();
    expect(await post(client({ resolve }), 'https://later.example/')).toEqual({
      kind: 'fault',
      fault: 'unreachable',
      mayHaveReached: false,
    });
  });

  it('does not wait for a name server that never answers', async () => {
    const http = client({ deadlineMs: 20, resolve: () => undefined });
    expect(await http.refusal('https://hooks.example/')).toBeNull();
    expect(await post(http, 'https://hooks.example/')).toMatchObject({ kind: 'fault', fault: 'timeout' });
  });

  describe('where private addresses are allowed', () => {
    const open = (overrides: Partial<PublicHttpOptions> = {}) =>
      client({ allowPrivate: true, resolve: resolver(['127.0.0.1']), ...overrides });

    it('sends and reads', async () => {
      answer = (_request, response) => response.writeHead(202, { 'retry-after': '3' }).end('thanks');
      const outcome = await post(open(), `http://hooks.example:${port}/a?b=c`);
      expect(outcome).toMatchObject({ kind: 'answer', status: 202 });
      expect(outcome.kind === 'answer' && [bodyText(outcome), outcome.headers.get('retry-after')]).toEqual([
        'thanks',
        '3',
      ]);
      expect(hits).toEqual([{ url: '/a?b=c', body: '{"a":1}' }]);
    });

    it('follows no redirect', async () => {
      answer = (_request, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/next` }).end();
      expect(await post(open(), `http://127.0.0.1:${port}/first`)).toMatchObject({ kind: 'answer', status: 302 });
      expect(hits.map(({ url }) => url)).toEqual(['/first']);
    });

    it('reads no more than the limit of an endless answer', async () => {
      answer = (_request, response) => {
        response.writeHead(200);
        const more = (): void => {
          while (!response.destroyed && response.write('x'.repeat(4096)));
          response.once('drain', more);
        };
        more();
      };
      const outcome = await post(open({ maxResponseBytes: 10_000 }), `http://127.0.0.1:${port}/`);
      expect(outcome).toMatchObject({ kind: 'answer', status: 200 });
      expect(outcome.kind === 'answer' && outcome.body.length).toBe(10_000);
    });

    it('gives up at the deadline', async () => {
      answer = () => undefined;
      const outcome = await post(open({ deadlineMs: 30 }), `http://127.0.0.1:${port}/`);
      expect(outcome).toEqual({ kind: 'fault', fault: 'timeout', mayHaveReached: true });
    });

    it('counts a status whose body does not end', async () => {
      answer = (_request, response) => {
        response.writeHead(200);
        response.write('so far');
      };
      const outcome = await post(open({ deadlineMs: 50 }), `http://127.0.0.1:${port}/`);
      expect(outcome).toMatchObject({ kind: 'answer', status: 200 });
    });

    it('is done with a receiver that changes the protocol: no event but the end of the connection tells of it', async () => {
      answer = (request) => {
        request.socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
      };
      const outcome = await post(open({ deadlineMs: 1_000 }), `http://127.0.0.1:${port}/`);
      expect(outcome).toEqual({ kind: 'fault', fault: 'connection_lost', mayHaveReached: true });
    });

    it('stops with its caller', async () => {
      const stop = new AbortController();
      answer = () => {
        stop.abort();
      };
      const outcome = await post(open(), `http://127.0.0.1:${port}/`, stop.signal);
      expect(outcome).toEqual({ kind: 'fault', fault: 'aborted', mayHaveReached: true });
      expect(await post(open(), `http://127.0.0.1:${port}/`, stop.signal)).toMatchObject({ mayHaveReached: false });
    });

    it('tells a refusal from a cut connection', async () => {
      answer = (request) => request.socket.destroy();
      expect(await post(open(), `http://127.0.0.1:${port}/`)).toMatchObject({ fault: 'connection_lost' });
      expect(await post(open(), `http://127.0.0.1:1/`)).toMatchObject({ fault: 'unreachable' });
      expect(await post(open(), `https://127.0.0.1:${port}/`)).toMatchObject({ kind: 'fault' });
    });

    it('still refuses a login in the address', async () => {
      expect(await post(open(), `http://u:p@127.0.0.1:${port}/`)).toMatchObject({ kind: 'refused' });
    });
  });
});
