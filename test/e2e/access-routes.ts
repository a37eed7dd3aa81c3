import type { NestFastifyApplication } from '@nestjs/platform-fastify';

export interface Route {
  readonly method: string;
  /** As it was registered, e.g. `/v1/users/:id`. */
  readonly template: string;
  /** With an id that nothing has. */
  readonly url: string;
}

export const UNKNOWN_ID = '0199ffff-0000-7000-8000-00000000ffff';

const LINE = /^(?<indent>[│ ]*)[├└]── (?<part>\S*) \((?<methods>[A-Z, ]+)\)$/;
const INDENT = 4;

/** Every route that the server really has, whoever registered it. */
export function routesOf(app: Pick<NestFastifyApplication, 'getHttpAdapter'>): readonly Route[] {
  const tree = app.getHttpAdapter().getInstance().printRoutes({ commonPrefix: false });
  const parents: string[] = [];
  return tree
    .trim()
    .split('\n')
    .flatMap((line) => {
      const { indent = '', part = '', methods } = LINE.exec(line)?.groups ?? {};
      if (methods === undefined) throw new Error(`This line of the route table was not understood: ${line}`);
      const depth = indent.length / INDENT;
      const template = `${parents[depth - 1] ?? ''}${part}`;
      parents[depth] = template;
      const url = template.replace(/:[A-Za-z]*[iI]d\b/g, UNKNOWN_ID).replace(/:[A-Za-z]+|\*/g, 'unknown');
      return methods.split(', ').map((method) => ({ method, template, url }));
    });
}
