import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

import { BEARER_SCHEME } from '../../access/require-scope.decorator.js';
import { OidcConfig } from '../../config/slices.js';
import { addCallers } from './callers.js';
import { documentedEvents } from '../../webhooks/outbound/event-schemas.js';
import { addCommonProblems, PROBLEM_SCHEMA } from './common-problems.js';

const DESCRIPTION = `Mooring keeps bank connections alive.

- Ids are UUIDs, times are ISO 8601 in UTC, money is text.
- Errors are \`application/problem+json\` (RFC 9457). Act on \`code\`; it never changes. Quote \`requestId\` when you ask us.
- Lists answer \`{data, nextCursor}\`. Give \`nextCursor\` back as \`cursor\`.
- \`null\` in an optional member of a body is the same as no member, unless its schema says what \`null\` means. The other settings of
  webhook endpoints and of tasks refuse it.
- Mutating calls take an \`Idempotency-Key\`: a repeat within 24 hours gets the first answer again. Calls that give
  out a grant or a token do not: each gives out a new one.
- One resource answers an \`ETag\`; send it back in \`If-None-Match\`.`;

/** Of the browsable page. */
export const DOCS_PATH = '/docs';

/** Serves the OpenAPI 3.1 document at `/openapi.json` and a page to browse it at `/docs`. Built at the first request. */
export function mountOpenApi(app: INestApplication): void {
  SwaggerModule.setup(DOCS_PATH, app, () => openApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Mooring API',
    swaggerOptions: { persistAuthorization: false, defaultModelsExpandDepth: 0 },
  });
}

export function openApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Mooring')
    .setVersion('1')
    .setDescription(DESCRIPTION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A key: `mk_<keyId>_<secret>`.' }, BEARER_SCHEME)
    .build();
  const document = SwaggerModule.createDocument(app, builder, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}.${method}`,
  });
  document.components = { ...document.components };
  document.components.schemas = { ...document.components.schemas, Problem: PROBLEM_SCHEMA };
  addCommonProblems(document);
  document.webhooks = documentedEvents();
  addCallers(document, app.get(OidcConfig).provider?.issuer ?? null);
  return document;
}
