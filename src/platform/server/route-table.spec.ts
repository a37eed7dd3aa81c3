import { fastify } from 'fastify';

import { RouteTable } from './route-table.js';

describe('RouteTable', () => {
  it('knows the methods of an address, with parameters and open ends', async () => {
    const server = fastify();
    const table = new RouteTable();
    table.watch(server);
    server.get('/v1/users/:id', () => 'x');
    server.delete('/v1/users/:id', () => 'x');
    server.post('/v1/users', () => 'x');
    server.get('/docs/*', () => 'x');
    await server.ready();

    expect(table.methodsOf('/v1/users/5')).toEqual(['DELETE', 'GET', 'HEAD']);
    expect(table.methodsOf('/v1/users')).toEqual(['POST']);
    expect(table.methodsOf('/docs/a/b')).toEqual(['GET', 'HEAD']);
    expect(table.methodsOf('/v1/users/')).toEqual([]);
    expect(table.methodsOf('/v1/other')).toEqual([]);
    await server.close();
  });
});
