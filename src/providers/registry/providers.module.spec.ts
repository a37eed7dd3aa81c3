import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';

import { FlanksConfig, FlinksConfig, ServerConfig, TinkConfig } from '../../config/slices.js';
import { OutgoingCallObserver } from '../../platform/http/outgoing-call-observer.js';
import { PlatformModule } from '../../platform/platform.module.js';
import { ProviderServerFake } from '../../../test/fakes/provider-server.fake.js';
import { RememberingObserver } from '../../../test/fixtures/outgoing-under-test.js';
import { ProviderRegistry } from './provider-registry.js';
import { ProvidersModule } from './providers.module.js';

const call = { signal: new AbortController().signal };

async function boot(config: TinkConfig, observer?: OutgoingCallObserver) {
  const provided = [
    { provide: TinkConfig, useValue: config },
    { provide: ServerConfig, useValue: new ServerConfig('127.0.0.1', 0, 'http://127.0.0.1', 'all', 'live') },
    { provide: FlanksConfig, useValue: new FlanksConfig('http://127.0.0.1:1', '', null, null, 'link') },
    { provide: FlinksConfig, useValue: new FlinksConfig('http://127.0.0.1:1', '', null, null, null) },
    ...(observer ? [{ provide: OutgoingCallObserver, useValue: observer }] : []),
  ];
  @Global()
  @Module({ providers: provided, exports: provided.map(({ provide }) => provide) })
  class SurroundingsModule {}
  const module = await Test.createTestingModule({
    imports: [PlatformModule.forRoot(), SurroundingsModule, ProvidersModule],
  }).compile();
  return { registry: module.get(ProviderRegistry), close: async () => module.close() };
}

describe('ProvidersModule', () => {
  it('leaves Tink out when it is not configured', async () => {
    const { registry, close } = await boot(new TinkConfig('http://127.0.0.1:1', '', null, 'SE'));
    expect(registry.all()).toEqual([]);
    await close();
  });

  it('puts Tink together, and whoever wants hears of its calls', async () => {
    const server = await ProviderServerFake.start();
    server.always('POST /api/v1/oauth/token', { status: 200, body: { access_token: 'tok', expires_in: 1800 } });
    server.plan('GET /api/v1/providers/SE', { status: 200, body: { providers: [] } });
    const observer = new RememberingObserver();
    const client = { id: 'client-1', secret: 'geheim' };
    const { registry, close } = await boot(new TinkConfig(server.url, '', client, 'SE'), observer);
    expect(registry.all().map(({ id, name }) => `${id} ${name}`)).toEqual(['tink Tink']);
    expect(await registry.get('tink')?.institutions?.list(undefined, call)).toEqual({ ok: true, value: [] });
    expect(observer.calls.map(({ operation }) => operation)).toEqual([
      'POST /api/v1/oauth/token',
      'GET /api/v1/providers/{market}',
    ]);
    await close();
    await server.close();
  });
});
