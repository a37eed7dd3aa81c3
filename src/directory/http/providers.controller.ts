import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';

import { RequireScope } from '../../access/require-scope.decorator.js';
import { OutgoingHttp } from '../../platform/http/outgoing-http.js';
import { ApiProblems } from '../../platform/openapi/api-problems.decorator.js';
import { ProviderRegistry } from '../../providers/registry/provider-registry.js';
import { ListInstitutions } from '../list-institutions.js';
import {
  InstitutionPageResponse,
  InstitutionsQuery,
  ProviderListResponse,
  toInstitutionResponse,
} from './provider.dto.js';

@ApiTags('directory')
@Controller('v1/providers')
export class ProvidersController {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly institutions: ListInstitutions,
    private readonly http: OutgoingHttp,
  ) {}

  @Get()
  @RequireScope('credentials:read')
  @ApiOperation({ summary: 'The configured providers, with what they can do' })
  @ApiResponse({ status: 200, type: ProviderListResponse })
  list(): ProviderListResponse {
    const circuits = new Map(this.http.circuits().map(({ provider, state }) => [provider, state]));
    const data = this.registry.all().map(({ id, name, credentials }) => ({
      id,
      name,
      capabilities: credentials.capabilities,
      health: { circuit: circuits.get(id) ?? 'closed' },
    }));
    return { data, nextCursor: null };
  }

  @Get(':provider/institutions')
  @RequireScope('credentials:read')
  @ApiOperation({ summary: 'The banks that a provider reaches' })
  @ApiResponse({ status: 200, type: InstitutionPageResponse })
  @ApiProblems('request.invalid', 'request.invalid_cursor', 'provider.unknown', 'capability_unsupported')
  @ApiProblems('provider.unavailable', 'provider.timeout', 'provider.bad_response')
  async banks(
    @Param('provider') provider: string,
    @Query() { market, query, locale, limit, cursor }: InstitutionsQuery,
  ): Promise<InstitutionPageResponse> {
    const { data, nextCursor } = await this.institutions.run(provider, { market, text: query, locale, limit, cursor });
    return { data: data.map(toInstitutionResponse), nextCursor };
  }
}
