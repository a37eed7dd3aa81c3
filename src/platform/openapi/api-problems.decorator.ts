import { ApiResponse } from '@nestjs/swagger';

import { PROBLEM_CATALOGUE, type ProblemCode } from '../errors/problem-catalogue.js';
import { PROBLEM_MEDIA_TYPE } from '../errors/problem.js';

const PROBLEMS = Symbol('mooring.problems');

/**
 * Documents the problems that a route, or every route of a controller, can answer with: one response for each status,
 * one example for each code. Several on one route add up; `ApiResponse` alone would let one replace another.
 */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  return (target: object, name?: string | symbol, descriptor?: PropertyDescriptor) => {
    if (name !== undefined && descriptor) {
      add(codes, target, name, descriptor);
      return;
    }
    const { prototype } = target as { readonly prototype: object };
    for (const each of Object.getOwnPropertyNames(prototype)) {
      const handler = Object.getOwnPropertyDescriptor(prototype, each);
      if (each !== 'constructor' && typeof handler?.value === 'function') add(codes, prototype, each, handler);
    }
  };
}

function add(codes: readonly ProblemCode[], target: object, name: string | symbol, descriptor: PropertyDescriptor) {
  const handler = descriptor.value as object;
  const known = (Reflect.getMetadata(PROBLEMS, handler) ?? []) as readonly ProblemCode[];
  const added = codes.filter((code) => !known.includes(code));
  const all = [...known, ...added];
  Reflect.defineMetadata(PROBLEMS, all, handler);
  for (const status of new Set(added.map(statusOf))) {
    const ofStatus = (code: ProblemCode) => statusOf(code) === status;
    const response = problemResponse(status, added.filter(ofStatus), all.filter(ofStatus));
    response(target, name, descriptor);
  }
}

function statusOf(code: ProblemCode): number {
  return PROBLEM_CATALOGUE[code].status;
}

/** @param said codes that the response names in addition; its examples are those of all. */
function problemResponse(status: number, said: readonly ProblemCode[], all: readonly ProblemCode[]): MethodDecorator {
  const examples = Object.fromEntries(all.map((code) => [code, { value: problemExample(code) }]));
  const description = said.map((code) => `\`${code}\`: ${PROBLEM_CATALOGUE[code].title}.`).join(' ');
  const schema = { $ref: '#/components/schemas/Problem' };
  return ApiResponse({ status, description, content: { [PROBLEM_MEDIA_TYPE]: { schema, examples } } });
}

export function problemExample(code: ProblemCode): Record<string, unknown> {
  const { status, title } = PROBLEM_CATALOGUE[code];
  const instance = '/v1/connections/0199aaaa-0000-7000-8000-000000000001';
  return { type: `urn:mooring:problem:${code}`, title, status, code, instance, requestId: '0199aaaa-req' };
}
