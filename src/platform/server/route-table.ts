import type { FastifyInstance } from 'fastify';

/** Every address that the application serves, to tell "no such address" from "no such method here". */
export class RouteTable {
  private readonly routes: { readonly method: string; readonly segments: readonly string[] }[] = [];

  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ method, url }) => {
      const methods = typeof method === 'string' ? [method] : method;
      for (const name of methods) this.routes.push({ method: name, segments: url.split('/') });
    });
  }

  /** @param path without a query. @returns the methods that this address knows, sorted; empty when it knows none. */
  methodsOf(path: string): readonly string[] {
    const segments = path.split('/');
    const methods = this.routes.filter((route) => matches(route.segments, segments)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}

function matches(template: readonly string[], path: readonly string[]): boolean {
  const open = template.at(-1) === '*';
  if (open ? path.length < template.length : path.length !== template.length) return false;
  return template.every((part, at) => {
    if (open && at === template.length - 1) return true;
    return part.startsWith(':') ? path[at] !== '' : part === path[at];
  });
}
