import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

import { PROBLEM_CATALOGUE, type ProblemCode } from '../errors/problem-catalogue.js';
import { PROBLEM_MEDIA_TYPE } from '../errors/problem.js';

/** Documents the problems that a route can answer with: one response for each status, one example for each code. */
export function ApiProblems(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = PROBLEM_CATALOGUE[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return applyDecorators(...[...byStatus].map(([status, same]) => problemResponse(status, same)));
}

function problemResponse(status: number, codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  const examples = Object.fromEntries(codes.map((code) => [code, { value: problemExample(code) }]));
  const description = codes.map((code) => `\`${code}\`: ${PROBLEM_CATALOGUE[code].title}.`).join(' ');
  const schema = { $ref: '#/components/schemas/Problem' };
  return ApiResponse({ status, description, content: { [PROBLEM_MEDIA_TYPE]: { schema, examples } } });
}

export function problemExample(code: ProblemCode): Record<string, unknown> {
  const { status, title } = PROBLEM_CATALOGUE[code];
  const instance = '/v1/connections/0199aaaa-0000-7000-8000-000000000001';
  return { type: `urn:mooring:problem:${code}`, title, status, code, instance, requestId: '0199aaaa-req' };
}
