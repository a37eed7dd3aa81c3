import 'reflect-metadata';

import { ApiProblems } from './api-problems.decorator.js';

@ApiProblems('connection.not_found')
@ApiProblems('request.invalid')
class Controller {
  @ApiProblems('challenge.no_picture', 'connection.busy')
  @ApiProblems('connection.conflict', 'connection.busy')
  first(): void {
    // Nothing: only what is said of it counts.
  }

  second(): void {
    // The same.
  }
}

interface Documented {
  readonly description: string;
  readonly content: { 'application/problem+json': { examples: object } };
}

const said = (name: 'first' | 'second') =>
  Object.entries(
    Reflect.getMetadata('swagger/apiResponse', Reflect.get(Controller.prototype, name) as object) as Record<
      string,
      Documented
    >,
  ).map(([status, { description, content }]) => ({
    status,
    examples: Object.keys(content['application/problem+json'].examples),
    described: [...description.matchAll(/`([\w.]+)`/g)].map(([, code]) => code),
  }));

describe('ApiProblems', () => {
  it('adds up on a route, with what the controller says of all', () => {
    for (const { examples, described } of said('first')) {
      expect(described).toEqual(examples);
    }
    expect(said('first')).toMatchObject([
      { status: '400', examples: ['request.invalid'] },
      { status: '404', examples: ['challenge.no_picture', 'connection.not_found'] },
      { status: '409', examples: ['connection.conflict', 'connection.busy'] },
    ]);
    expect(said('second')).toMatchObject([
      { status: '400', examples: ['request.invalid'] },
      { status: '404', examples: ['connection.not_found'] },
    ]);
  });
});
