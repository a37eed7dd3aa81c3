import { OutgoingHttp } from '../../src/platform/http/outgoing-http.js';
import { walkHostedPages } from '../../src/sandbox/flanks/hosted-visitor.js';
import { member } from '../../src/sandbox/rest-client.js';
import { ThreeProviders } from '../factories/three-providers.factory.js';

const MINUTE = 60_000;
const OUTAGE_MINUTES = 10;
/** What could not be reached is tried again after five to ten minutes. */
const AFTERWARDS_MINUTES = 12;
/** Calls that fail are repeated after real pauses; a loaded machine takes its time too. */
const PATIENCE_MS = 180_000;
const ENV = { MOORING_REFRESH_EVERY_MS: String(MINUTE), MOORING_READ_EVERY_MS: String(MINUTE) };

/** The next minute's refresh may be under way already. */
const HEALTHY = ['active', 'authenticating', 'syncing'];

interface Row {
  readonly provider: string;
  readonly state: string;
  readonly last_success_at: Date | null;
}

/** Source: targets.md R3. */
describe('a provider that is down for ten minutes', () => {
  let world: ThreeProviders;

  beforeEach(async () => {
    world = await ThreeProviders.start(ENV);
  });

  afterEach(async () => {
    await world.close();
  });

  async function connectAll(): Promise<void> {
    const direct = async (provider: string, institutionId: string, username: string, password: string) => {
      const login = { provider, institutionId, fields: { username, password } };
      const userId = await world.mooring.user();
      expect((await world.mooring.post('/v1/connections', { userId, ...login })).status).toBe(201);
    };
    for (const username of ['u10000001', 'u10000002']) {
      await direct('tink', 'se-demobank-password', username, 'abc123');
      await direct('tink', 'de-demobank-password', username, 'abc123');
    }
    for (const username of ['greatday_nomfa', 'greatday_business']) {
      await direct('flinks', 'FlinksCapital', username, 'Everyday');
    }
    for (const username of ['one', 'two', 'three']) {
      const { url } = await world.begin({ userId: await world.mooring.user(), provider: 'flanks' });
      const { location } = await walkHostedPages(url, { username });
      if (location) await world.comeBack(location);
    }
    for (let look = 0; look < 30 && (await rows()).some(({ last_success_at: at }) => at === null); look += 1) {
      await world.mooring.watchFor(2_000);
    }
  }

  const rows = async () => world.mooring.sql<Row>('SELECT provider, state, last_success_at FROM connections');
  /** Tink's are refreshed four times a day, which is over after four minutes of this rhythm. */
  const others = async (down: string) =>
    (await rows()).filter(({ provider }) => provider !== down && provider !== 'tink');
  const late = ({ last_success_at: at }: Row) =>
    at === null || world.mooring.clock.now().getTime() - at.getTime() > 2 * MINUTE;
  const circuits = () =>
    Object.fromEntries(
      world.mooring
        .inside(OutgoingHttp)
        .circuits()
        .map(({ provider, state }) => [provider, state]),
    );
  /** Clients ask too: two connections alone make too few calls for a verdict. */
  const insist = async (down: string): Promise<void> => {
    const { body } = await world.mooring.get(`/v1/connections?provider=${down}&limit=10`);
    const [first] = member(body, 'data') as { id: string }[];
    if (down === 'flanks' || !first) return;
    for (let call = 0; call < 12; call += 1) {
      await world.mooring.post(`/v1/connections/${first.id}/refresh`, { userPresent: true });
    }
  };
  /** Outcomes since then that only trouble at the provider can have brought about. */
  const falls = async (since: Date) =>
    world.mooring.sql(
      `SELECT to_state, cause FROM connection_events WHERE at >= $1 AND to_state IN ('blocked', 'failed', 'reauth_required')`,
      [since],
    );

  it.each(['tink', 'flanks', 'flinks'] as const)(
    'leaves every connection of %s as it was',
    async (down) => {
      await connectAll();
      expect((await rows()).map(late)).toEqual((await rows()).map(() => false));
      const began = world.mooring.clock.now();
      const control = { tink: world.mooring.tink, flanks: world.flanks, flinks: world.flinks }[down];
      control.addFault({ path: '.', times: null, action: { kind: 'respond', status: 503 } });

      for (let minute = 0; minute < OUTAGE_MINUTES; minute += 1) {
        for (const step of [30_000, 30_000]) {
          world.mooring.advance(step);
          await world.mooring.watch();
        }
        // The others are never later than their rhythm allows.
        expect((await others(down)).filter(late)).toEqual([]);
      }
      await insist(down);
      expect(circuits()).toMatchObject({ [down]: expect.stringMatching(/open/) as string });
      expect(Object.entries(circuits()).filter(([provider]) => provider !== down)).toEqual(
        Object.entries(circuits())
          .filter(([provider]) => provider !== down)
          .map(([provider]) => [provider, 'closed']),
      );

      control.clearFaults();
      const ended = world.mooring.clock.now();
      // The circuit waits on real time. A process that starts anew has none.
      const next = await world.alongside(ENV);
      try {
        for (let minute = 0; minute < AFTERWARDS_MINUTES; minute += 1) {
          world.mooring.advance(MINUTE);
          await next.mooring.watch();
        }
        for (let step = 0; step < 4; step += 1) {
          world.mooring.advance(4_000);
          await next.mooring.watch();
        }
      } finally {
        await next.close();
      }
      const synced = [...(await others(down)), ...(await rows()).filter(({ provider }) => provider === down)];
      expect(synced.filter(({ last_success_at: at }) => at === null || at <= ended)).toEqual([]);
      expect((await rows()).filter(({ state }) => !HEALTHY.includes(state))).toEqual([]);
      expect(await falls(began)).toEqual([]);
    },
    PATIENCE_MS,
  );
});
