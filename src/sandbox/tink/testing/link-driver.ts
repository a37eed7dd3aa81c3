import { LINK_ACTOR } from '../link/link-visit.js';
import { browseLink, type LinkVisitor } from './link-browser.js';
import { text } from '../../simulator/testing/json-answer.js';
import { type TinkDriver, STEP_MS } from './tink-driver.js';

export const LINK_SCOPES =
  'authorization:read,authorization:grant,credentials:refresh,credentials:read,credentials:write,providers:read,user:read';
export const CALLBACK = 'https://app.test/callback';

/** A stranger's client of Tink Link. */
export class LinkDriver {
  constructor(private readonly driver: TinkDriver) {}

  /** @returns a code for Tink Link. */
  async code(externalUserId = 'cust-1', scope = LINK_SCOPES, actor = LINK_ACTOR): Promise<string> {
    const token = await this.driver.clientToken();
    await this.driver.call('POST', '/api/v1/user/create', {
      token,
      json: { external_user_id: externalUserId, market: 'SE' },
    });
    const form = { external_user_id: externalUserId, scope, id_hint: 'Customer', actor_client_id: actor };
    const { body } = await this.driver.call('POST', '/api/v1/oauth/authorization-grant/delegate', { token, form });
    return text(body, 'code');
  }

  async url(page: string, parameters: Record<string, string> = {}): Promise<string> {
    const url = new URL(`/1.0/${page}`, this.driver.sim.linkUrl);
    const given: Record<string, string> = {
      client_id: 'app',
      redirect_uri: CALLBACK,
      state: 'mine',
      test: 'true',
      ...parameters,
    };
    const code = given['authorization_code'] ?? (await this.code());
    url.search = new URLSearchParams({ ...given, authorization_code: code }).toString();
    return url.href;
  }

  /** @returns the query that the app gets, by name. */
  async visit(
    page: string,
    parameters: Record<string, string>,
    visitor: LinkVisitor = {},
  ): Promise<Record<string, string>> {
    return this.browse(await this.url(page, parameters), visitor);
  }

  async browse(url: string, visitor: LinkVisitor): Promise<Record<string, string>> {
    const back = await browseLink(url, visitor, () => {
      this.driver.clock.advance(STEP_MS);
    });
    if (`${back.origin}${back.pathname}` !== CALLBACK) throw new Error('The visit ends elsewhere.');
    return Object.fromEntries(back.searchParams);
  }
}
