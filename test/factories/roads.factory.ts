import { walkHostedPages } from '../../src/sandbox/flanks/hosted-visitor.js';
import { walkConnect } from '../../src/sandbox/flinks/testing/connect-visitor.js';
import { browseLink } from '../../src/sandbox/tink/testing/link-browser.js';
import { STEP_MS } from './sandbox-app.factory.js';
import type { ThreeProviders } from './three-providers.factory.js';

/** How a user walks the hosted pages of one provider. */
export interface Road {
  readonly name: string;
  readonly provider: string;
  readonly env: Readonly<Record<string, string>>;
  readonly institutionId: string;
  readonly market: string;
  readonly purposes: readonly string[];
  /** A bank login that no other test has. */
  login(): string;
  /** Through the pages with the right answers. @returns where the provider sends the browser. */
  walk(world: ThreeProviders, url: string, login: string): Promise<URL>;
  /** Gives up on the first page. @returns where the browser goes; `null` when the provider keeps it. */
  leave(world: ThreeProviders, url: string): Promise<URL | null>;
  /** The bank wants the user again. */
  wantsUser(world: ThreeProviders, login: string): void;
  /** The parameters of the provider's redirect that must not travel on. */
  readonly private: readonly string[];
}

let count = 0;

const flanks = (flow: 'link' | 'session'): Road => ({
  name: `flanks (${flow})`,
  provider: 'flanks',
  env: { FLANKS_FLOW: flow },
  institutionId: 'testbank',
  market: 'ES',
  purposes: ['connect', 'renew', 'update_login'],
  login: () => `ana.${flow}.${++count}`,
  async walk(_world, url, username) {
    return sent((await walkHostedPages(url, { username })).location);
  },
  async leave(_world, url) {
    return (await walkHostedPages(url, { leaves: true })).location;
  },
  wantsUser(world, username) {
    world.flanks.setSca(world.flanksLogin(username).id, true);
  },
  private: ['code', 'state', 'session_id', 'external_id'],
});

const TINK_LOGINS = ['u10000001', 'u10000002'];

const tink: Road = {
  name: 'tink',
  provider: 'tink',
  env: {},
  institutionId: 'se-demobank-open-banking-redirect',
  market: 'SE',
  purposes: ['connect', 'renew'],
  login: () => TINK_LOGINS[++count % 2] ?? '',
  walk: async ({ mooring }, url, username) =>
    browseLink(url, { username }, () => {
      mooring.advance(STEP_MS);
    }),
  leave: async ({ mooring }, url) =>
    browseLink(url, { leaves: true }, () => {
      mooring.advance(STEP_MS);
    }),
  wantsUser({ mooring }) {
    const [newest] = mooring.tink.state().credentials.slice(-1);
    if (newest) mooring.tink.killSession(newest.id, 'expire');
  },
  private: ['credentialsId', 'credentials_id', 'state'],
};

const flinks: Road = {
  name: 'flinks',
  provider: 'flinks',
  env: {},
  institutionId: 'FlinksCapital',
  market: 'CA',
  purposes: ['connect', 'renew', 'update_login'],
  login: () => FLINKS_LOGINS[count++ % FLINKS_LOGINS.length] ?? '',
  async walk({ mooring, flinks: control }, url, username) {
    mooring.advance(STEP_MS);
    const renews = new URL(url).searchParams.has('requestId');
    const there = await walkConnect(url, control, renews ? null : { username });
    return sent(there === null ? null : new URL(there));
  },
  leave: async () => null,
  wantsUser(world, username) {
    world.flinks.setLastRefreshError(world.card(username).loginId, 'QUESTION_NOT_FOUND');
  },
  private: ['loginId', 'state', 'institution', 'tag'],
};

const FLINKS_LOGINS = ['greatday_rounds', 'greatday_choice', 'greatday_together', 'greatday_image'];

export const ROADS: readonly Road[] = [tink, flanks('link'), flanks('session'), flinks];

function sent(location: URL | null): URL {
  if (!location) throw new Error('The provider keeps the user.');
  return location;
}
