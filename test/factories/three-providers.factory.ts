import { RecoverLinkVisits } from '../../src/link-sessions/recover-link-visits.js';
import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlanksSimulator } from '../../src/sandbox/flanks/flanks-simulator.js';
import type { FlanksCredentialsState, FlanksSimulator } from '../../src/sandbox/flanks/flanks-simulator.types.js';
import { createFlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.js';
import type { CardState, FlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.types.js';
import { member, textAt } from '../../src/sandbox/rest-client.js';
import { SANDBOX_START, SandboxApp, STEP_MS, type Answer } from './sandbox-app.factory.js';

export const APP_PAGE = 'https://app.example/banks?mine=1';
/** Where the providers send browsers back to; `comeBack` knows the way. */
export const PUBLIC_URL = 'https://mooring.example';
export const FLINKS_CUSTOMER = '5a4db0c5-0000-4000-8000-0000000000aa';

const SECRETS = {
  flanks: 'flanks-client-secret-of-the-sandbox',
  flinksKey: 'flinks-secret-key-of-the-sandbox',
  flinksApi: 'flinks-api-key-of-the-sandbox',
};

export interface VisitRequest {
  readonly userId: string;
  readonly provider: string;
  readonly purpose?: string;
  readonly institutionId?: string;
  readonly connectionId?: string;
  readonly redirectUrl?: string;
  readonly locale?: string;
  readonly reference?: string;
}

export interface Begun {
  readonly id: string;
  readonly url: string;
}

/** The real application with all three simulators on one clock. */
export class ThreeProviders {
  private constructor(
    readonly mooring: SandboxApp,
    private readonly simulators: { readonly flanks: FlanksSimulator; readonly flinks: FlinksSimulator },
    private readonly isFirst: boolean,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<ThreeProviders> {
    const clock = MovableClock.frozenAt(SANDBOX_START);
    const [flanks, flinks] = await Promise.all([
      createFlanksSimulator({ clock, clientId: 'sandbox', clientSecret: SECRETS.flanks, stepMs: STEP_MS }),
      createFlinksSimulator({
        ...{ clock, customerId: FLINKS_CUSTOMER, stepMs: STEP_MS },
        ...{ secretKey: SECRETS.flinksKey, apiKey: SECRETS.flinksApi },
      }),
    ]);
    const mooring = await SandboxApp.start({
      clock,
      env: {
        MOORING_MODE: 'sandbox',
        MOORING_PUBLIC_URL: PUBLIC_URL,
        ...{ FLANKS_API_URL: flanks.url, FLANKS_PLATFORM_URL: flanks.platformUrl },
        ...{ FLANKS_CLIENT_ID: 'sandbox', FLANKS_CLIENT_SECRET: SECRETS.flanks },
        ...{ FLINKS_API_URL: flinks.apiUrl, FLINKS_CONNECT_URL: flinks.connectUrl },
        ...{ FLINKS_CUSTOMER_ID: FLINKS_CUSTOMER },
        ...{ FLINKS_SECRET_KEY: SECRETS.flinksKey, FLINKS_API_KEY: SECRETS.flinksApi },
        ...env,
      },
    });
    return new ThreeProviders(mooring, { flanks, flinks }, true);
  }

  /** Another process on the same database, providers and clock. */
  async alongside(env: Readonly<Record<string, string>> = {}): Promise<ThreeProviders> {
    return new ThreeProviders(await this.mooring.alongside(env), this.simulators, false);
  }

  get flanks(): FlanksSimulator['control'] {
    return this.simulators.flanks.control;
  }

  get flinks(): FlinksSimulator['control'] {
    return this.simulators.flinks.control;
  }

  async link(request: VisitRequest): Promise<Answer> {
    const body = { purpose: 'connect', redirectUrl: APP_PAGE, ...request };
    return this.mooring.post('/v1/link-sessions', body);
  }

  /** @throws when the visit is refused. */
  async begin(request: VisitRequest): Promise<Begun> {
    const { status, body, bytes } = await this.link(request);
    if (status !== 201) throw new Error(`Not begun: ${bytes.toString()}`);
    return { id: textAt(body, 'id'), url: textAt(body, 'url') };
  }

  /** The browser follows the provider's redirect. */
  async comeBack(location: URL): Promise<Answer> {
    if (location.origin !== PUBLIC_URL) throw new Error('The provider sends the user elsewhere.');
    return this.mooring.call('GET', `${location.pathname}${location.search}`, { key: null });
  }

  async visit(id: string): Promise<unknown> {
    return (await this.mooring.get(`/v1/link-sessions/${id}`)).body;
  }

  /** What a worker does for visits that did not come back. */
  async recoverVisits(): Promise<number> {
    return this.mooring.inside(RecoverLinkVisits).run();
  }

  /** Ticks every minute for so long. */
  async minutes(count: number, eachMinute: () => Promise<unknown> = async () => this.recoverVisits()): Promise<void> {
    for (let minute = 0; minute < count; minute += 1) {
      this.mooring.advance(60_000);
      await eachMinute();
    }
  }

  flanksLogin(username: string): FlanksCredentialsState {
    const found = this.flanks.state().credentials.filter((each) => each.username === username);
    const [only] = found;
    if (!only || found.length > 1) throw new Error(`Flanks has ${found.length} logins of ${username}.`);
    return only;
  }

  card(username: string): CardState {
    const found = this.flinks.state().cards.find((each) => each.username === username);
    if (!found) throw new Error(`Flinks has no card of ${username}.`);
    return found;
  }

  /** As `SandboxApp.forget`, and no visit is open. */
  async forget(): Promise<void> {
    await this.mooring.forget();
    await this.mooring.sql('DELETE FROM link_sessions');
    await this.mooring.sql('UPDATE connections SET credential_lookup = NULL');
    for (const { control } of Object.values(this.simulators)) {
      control.clearFaults();
      control.clearCalls();
    }
    // Its bank knows few users, so each test gets them afresh.
    this.flinks.reset();
  }

  /** Every text of every table that a row of the public schema holds, for the search of secrets. */
  async everything(): Promise<string> {
    const tables = await this.mooring.sql<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    const texts = tables.map(({ name }) => `SELECT to_jsonb(t)::text AS row FROM "${name}" AS t`);
    const rows = await this.mooring.sql<{ row: string }>(texts.join(' UNION ALL '));
    return rows.map(({ row }) => row).join('\n');
  }

  /** All of a connection's row but what reading it changes. */
  async row(connectionId: string): Promise<unknown> {
    const [row] = await this.mooring.sql<{ row: object }>(
      'SELECT to_jsonb(c) AS row FROM connections AS c WHERE id = $1',
      [connectionId],
    );
    return row?.row;
  }

  async close(): Promise<void> {
    if (!this.isFirst) return this.mooring.stop();
    await this.mooring.close();
    await this.simulators.flanks.close();
    await this.simulators.flinks.close();
  }
}

/** What the redirect to the caller's page says. @throws when it is no such redirect. */
export function onwards(answer: Answer): Record<string, string> {
  const location = answer.headers.get('location') ?? '';
  if (answer.status !== 303) throw new Error(`No redirect: ${answer.status} ${answer.bytes.toString()}`);
  const url = new URL(location);
  if (`${url.origin}${url.pathname}` !== 'https://app.example/banks') throw new Error(`Elsewhere: ${location}`);
  return Object.fromEntries(url.searchParams);
}

/** The problem code on the plain page. */
export function pageCode(answer: Answer): string {
  return /<small>([a-z_.]+) /.exec(answer.bytes.toString())?.[1] ?? 'none';
}

/** @returns the events of a connection as `trigger:state`. */
export async function story(mooring: SandboxApp, id: string): Promise<string[]> {
  const { body } = await mooring.get(`/v1/connections/${id}/events?limit=200`);
  return (member(body, 'data') as { trigger: string; to: string }[]).map(({ trigger, to }) => `${trigger}:${to}`);
}
