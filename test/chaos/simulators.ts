import { MovableClock } from '../../src/platform/time/clock.js';
import { createFlanksSimulator } from '../../src/sandbox/flanks/flanks-simulator.js';
import { createFlinksSimulator } from '../../src/sandbox/flinks/flinks-simulator.js';
import type { FaultAction } from '../../src/sandbox/simulator/faults.js';
import { createTinkSimulator } from '../../src/sandbox/tink/tink-simulator.js';

const STEP_MS = 300;
const CUSTOMER = '5a4db0c5-0000-4000-8000-0000000000cc';
const SECRET = 'secret-of-the-simulators';

const TROUBLES: readonly FaultAction[] = [
  { kind: 'hang' },
  { kind: 'reset' },
  { kind: 'accept-then-reset' },
  { kind: 'truncate' },
  { kind: 'malformed' },
  { kind: 'delay', ms: 3_000 },
  { kind: 'delay', ms: 12_000 },
  { kind: 'respond', status: 503 },
  { kind: 'respond', status: 429, headers: { 'Retry-After': '2' } },
];

export type Simulators = Awaited<ReturnType<typeof simulators>>;

/** All three providers in this process, on the system's clock. */
export async function simulators() {
  const clock = new MovableClock();
  const [tink, flanks, flinks] = await Promise.all([
    createTinkSimulator({ clock, clientId: 'chaos', clientSecret: SECRET, stepMs: STEP_MS }),
    createFlanksSimulator({ clock, clientId: 'chaos', clientSecret: SECRET, stepMs: STEP_MS }),
    createFlinksSimulator({ clock, customerId: CUSTOMER, stepMs: STEP_MS, secretKey: SECRET, apiKey: SECRET }),
  ]);
  const controls = [tink.control, flanks.control, flinks.control];
  return {
    env: {
      ...{ TINK_API_URL: tink.url, TINK_LINK_URL: tink.linkUrl, TINK_CLIENT_ID: 'chaos', TINK_CLIENT_SECRET: SECRET },
      ...{ FLANKS_API_URL: flanks.url, FLANKS_PLATFORM_URL: flanks.platformUrl },
      ...{ FLANKS_CLIENT_ID: 'chaos', FLANKS_CLIENT_SECRET: SECRET },
      ...{ FLINKS_API_URL: flinks.apiUrl, FLINKS_CONNECT_URL: flinks.connectUrl, FLINKS_CUSTOMER_ID: CUSTOMER },
      ...{ FLINKS_SECRET_KEY: SECRET, FLINKS_API_KEY: SECRET },
    },
    /** One call to some provider goes wrong in some way. */
    trouble(): void {
      const control = controls[Math.floor(Math.random() * controls.length)];
      const action = TROUBLES[Math.floor(Math.random() * TROUBLES.length)];
      if (control && action) control.addFault({ path: '.', action });
    },
    calm(): void {
      for (const control of controls) control.clearFaults();
    },
    /** Calls of this kind since the start, at all three. */
    calls: (filter: { method?: string; path?: string }) => controls.map((control) => control.calls(filter).length),
    clearCalls(): void {
      for (const control of controls) control.clearCalls();
    },
    tinkUsers: () => tink.control.state().users.map(({ externalUserId }) => externalUserId ?? ''),
    credentials: () => ({
      tink: tink.control.state().credentials.length,
      flanks: flanks.control.state().credentials.length,
      flinks: flinks.control.state().cards.length,
    }),
    async close(): Promise<void> {
      for (const each of [tink, flanks, flinks]) await each.close();
    },
  };
}
