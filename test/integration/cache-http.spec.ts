import 'reflect-metadata';

import { Controller, Get, HttpCode, NotFoundException, Param, Post, Query } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

import { CachedRead, Etagged } from '../../src/cache/cached-read.decorator.js';
import { Invalidates } from '../../src/cache/invalidates.decorator.js';
import { connectionEntryKey, connectionTag } from '../../src/cache/keys.js';
import { TaggedCache } from '../../src/cache/tagged-cache.js';
import { CacheSurroundings } from './cache-surroundings.js';

interface Thing {
  readonly id: string;
  readonly text: string;
  readonly moving: boolean;
}

const BY_ID = {
  key: ({ params }: { params: { readonly id: string } }) => connectionEntryKey(params.id),
  tags: ({ params }: { params: { readonly id: string } }) => [connectionTag(params.id)],
};

@Controller('things')
class ThingsController {
  private readonly things = new Map<string, Thing>();
  reads = 0;

  put(thing: Thing): void {
    this.things.set(thing.id, thing);
  }

  @Get(':id')
  @CachedRead<{ id: string }, Thing>({ ...BY_ID, cacheable: ({ moving }) => !moving })
  get(@Param('id') id: string, @Query('unused') _unused?: string): Thing {
    return this.find(id);
  }

  // The decorator's place among the others must not matter.
  @CachedRead<{ id: string }, Thing>({ ...BY_ID, key: ({ params }) => `entry:above:${params.id}` })
  @Get(':id/above')
  async above(@Param('id') id: string): Promise<Thing> {
    return this.find(id);
  }

  @Get(':id/tagged')
  @Etagged()
  tagged(@Param('id') id: string): Thing {
    return this.find(id);
  }

  @Post(':id/change')
  @HttpCode(200)
  @Invalidates<{ id: string }, Thing>(({ params }, { id }) => [connectionTag(params.id), connectionTag(id)])
  change(@Param('id') id: string): Thing {
    this.put({ ...this.find(id), text: 'changed' });
    return this.find(id);
  }

  @Post(':id/half')
  @Invalidates(({ params }) => [connectionTag(params.id)])
  half(@Param('id') id: string): never {
    this.put({ ...this.find(id), text: 'half' });
    throw new NotFoundException();
  }

  private find(id: string): Thing {
    this.reads += 1;
    const thing = this.things.get(id);
    if (!thing) throw new NotFoundException();
    return thing;
  }
}

describe('reads and changes over HTTP', () => {
  let app: NestFastifyApplication;
  let things: ThingsController;
  let cache: TaggedCache;

  beforeEach(async () => {
    const module = await Test.createTestingModule({
      imports: [CacheSurroundings.forRoot(null)],
      controllers: [ThingsController],
    }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    things = app.get(ThingsController);
    cache = app.get(TaggedCache);
    things.put({ id: 'settled', text: 'first', moving: false });
    things.put({ id: 'moving', text: 'first', moving: true });
  });

  afterEach(() => app.close());

  const get = (path: string, headers: Record<string, string> = {}) => app.inject({ url: `/things/${path}`, headers });
  const post = (path: string) => app.inject({ method: 'POST', url: `/things/${path}` });

  it('answers a hit as it answered the miss, without the handler', async () => {
    const miss = await get('settled');
    const hit = await get('settled');
    expect(hit.body).toBe(miss.body);
    expect(hit.json()).toEqual({ id: 'settled', text: 'first', moving: false });
    for (const name of ['content-type', 'etag', 'cache-control', 'content-length']) {
      expect(hit.headers[name]).toBe(miss.headers[name]);
    }
    expect(hit.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(hit.headers['cache-control']).toBe('private, no-cache');
    expect(things.reads).toBe(1);
  });

  it('works above the route decorator too', async () => {
    await get('settled/above');
    expect((await get('settled/above')).statusCode).toBe(200);
    expect(things.reads).toBe(1);
  });

  it.each(['settled', 'moving', 'settled/tagged'])('answers 304 without a body when %s is unchanged', async (path) => {
    const { etag } = (await get(path)).headers;
    const again = await get(path, { 'if-none-match': String(etag) });
    expect(again.statusCode).toBe(304);
    expect(again.body).toBe('');
    expect(again.headers.etag).toBe(etag);
  });

  it('answers 304 on a miss too', async () => {
    const { etag } = (await get('settled')).headers;
    await cache.invalidate([connectionTag('settled')]);
    expect((await get('settled', { 'if-none-match': String(etag) })).statusCode).toBe(304);
    expect(things.reads).toBe(2);
  });

  it('answers 200 with another tag when the body has changed', async () => {
    const { etag } = (await get('settled')).headers;
    await post('settled/change');
    const again = await get('settled', { 'if-none-match': String(etag) });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toMatchObject({ text: 'changed' });
    expect(again.headers.etag).not.toBe(etag);
  });

  it.each(['moving', 'settled/tagged'])('keeps nothing of %s', async (path) => {
    await get(path);
    await get(path);
    expect(things.reads).toBe(2);
  });

  it('keeps no failure', async () => {
    expect((await get('unknown')).statusCode).toBe(404);
    things.put({ id: 'unknown', text: 'now known', moving: false });
    expect((await get('unknown')).json()).toMatchObject({ text: 'now known' });
  });

  it('keeps no answer above 32 KiB', async () => {
    things.put({ id: 'large', text: 'x'.repeat(33_000), moving: false });
    await get('large');
    expect((await get('large')).statusCode).toBe(200);
    expect(things.reads).toBe(2);
  });

  it('invalidates before the answer to the change is sent', async () => {
    await get('settled');
    const order: string[] = [];
    const invalidate = cache.invalidate.bind(cache);
    cache.invalidate = async (tags) => {
      await new Promise(setImmediate);
      await invalidate(tags);
      order.push('invalidated');
    };
    const changed = await post('settled/change');
    order.push('answered');
    expect(changed.json()).toMatchObject({ text: 'changed' });
    expect(order).toEqual(['invalidated', 'answered']);
    expect((await get('settled')).json()).toMatchObject({ text: 'changed' });
  });

  it('invalidates nothing when the change fails', async () => {
    await get('settled');
    expect((await post('settled/half')).statusCode).toBe(404);
    expect((await get('settled')).json()).toMatchObject({ text: 'first' });
  });
});
