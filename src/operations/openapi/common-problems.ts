import type { OpenAPIObject } from '@nestjs/swagger';

import { PROBLEM_CATALOGUE, type ProblemCode } from '../../platform/errors/problem-catalogue.js';
import { PROBLEM_MEDIA_TYPE } from '../../platform/errors/problem.js';
import { problemExample } from '../../platform/openapi/api-problems.decorator.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const EVERYWHERE: readonly ProblemCode[] = ['internal', 'service.unavailable'];
const WITH_BODY: readonly ProblemCode[] = [
  'request.malformed_json',
  'request.too_large',
  'request.unsupported_media_type',
];

/** A problem document, RFC 9457. */
export const PROBLEM_SCHEMA = {
  type: 'object' as const,
  required: ['type', 'title', 'status', 'code', 'instance', 'requestId'],
  properties: {
    type: { type: 'string', example: 'urn:mooring:problem:connection.not_found' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'Path of the request, without its query.' },
    code: { type: 'string', enum: Object.keys(PROBLEM_CATALOGUE) },
    requestId: { type: 'string' },
    retryAt: { type: 'string', format: 'date-time' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: {
          pointer: {
            type: 'string',
            description: 'RFC 6901 into the body; `?name` for the query, `:name` for the path.',
          },
          message: { type: 'string' },
        },
      },
    },
  },
};

/** What every route can answer, so that no route has to say it. */
export function addCommonProblems(document: OpenAPIObject): void {
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (!operation) continue;
      markIds(operation);
      for (const code of EVERYWHERE) addProblem(operation, code);
      if (operation.requestBody) for (const code of WITH_BODY) addProblem(operation, code);
    }
  }
}

/** Path ids are checked by a pipe, which the scanner cannot read. */
function markIds(operation: Operation): void {
  for (const parameter of operation.parameters ?? []) {
    if ('in' in parameter && parameter.in === 'path' && parameter.name === 'id') {
      parameter.schema = { type: 'string', format: 'uuid' };
    }
  }
}

/** Once for each code. */
export function addProblem(operation: Operation, code: ProblemCode): void {
  const { status, title } = PROBLEM_CATALOGUE[code];
  const known = operation.responses[String(status)];
  const before = known && 'content' in known ? known.content[PROBLEM_MEDIA_TYPE] : undefined;
  if (before?.examples?.[code]) return;
  const examples = { ...before?.examples, [code]: { value: problemExample(code) } };
  const said = known && 'description' in known && known.description ? `${known.description} ` : '';
  operation.responses[String(status)] = {
    description: `${said}\`${code}\`: ${title}.`,
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' }, examples } },
  };
}
