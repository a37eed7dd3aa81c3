import { walkHostedPages } from '../flanks/hosted-visitor.js';
import type { Stage } from './stage.js';

/** One connection of the demo; its label is the connection's `reference`. */
export interface Scenario {
  readonly label: string;
  play(stage: Stage, label: string): Promise<unknown>;
}

const TINK_PASSWORD = 'se-demobank-password';
const TINK_REDIRECT = 'se-demobank-open-banking-redirect';

/** Together they show every state but the passing ones, and every next action that a newcomer will meet. */
export const SCENARIOS: readonly Scenario[] = [
  tink('tink: waits for a code', 'se-demobank-open-banking-embedded', 'u10000001'),
  tink('tink: waits for a scan', 'se-demobank-open-banking-bankid'),
  tink('tink: waits at the bank', TINK_REDIRECT),
  tink('tink: wrong password', TINK_PASSWORD, 'u10000004'),
  tink('tink: locked at the bank', TINK_PASSWORD, 'u10000005'),
  tink('tink: no accounts', TINK_PASSWORD, 'u10000003'),
  tink('tink: bank is down', TINK_PASSWORD, 'u10000007'),
  tink('tink: given up', 'se-demobank-permanent-error', 'u10000002'),
  { label: 'tink: consent ended', play: endedConsent },
  flanks('flanks: healthy', 'ana.healthy'),
  flanks('flanks: wants strong authentication', 'ana.sca', (control, id) => control.setSca(id, true)),
  flanks('flanks: blocked', 'ana.blocked', (control, id) => control.setBlocked(id, true)),
  flanks('flanks: some data failed', 'ana.partial', (control, id) => control.setErrored(id, ['product.card'])),
  flinks('flinks: waits for an answer', 'greatday_choice'),
  flinks('flinks: healthy', 'greatday_nomfa'),
  flinks('flinks: disabled at the bank', 'test_disabled_account'),
  { label: 'flinks: bank is away', play: awayAtRefresh },
];

function tink(label: string, institutionId: string, username?: string): Scenario {
  const fields: Record<string, string> = username === undefined ? {} : { username, password: 'abc123' };
  return { label, play: (stage) => stage.connect('tink', institutionId, fields, label) };
}

function flinks(label: string, username: string): Scenario {
  const fields = { username, password: 'Everyday' };
  return { label, play: (stage) => stage.connect('flinks', 'FlinksCapital', fields, label) };
}

type FlanksTwist = (control: NonNullable<Stage['simulators']['flanks']>['control'], id: string) => unknown;

function flanks(label: string, username: string, twist: FlanksTwist = () => undefined): Scenario {
  return {
    label,
    play: async (stage) => {
      const { location } = await walkHostedPages(await stage.beginVisit('flanks', label), { username });
      const control = stage.simulators.flanks?.control;
      const made = control?.state().credentials.find((each) => each.username === username);
      if (control && made) twist(control, made.id);
      if (location) await stage.comeBack(location);
    },
  };
}

/** Approved at the bank, active, and then the bank ended the session. */
async function endedConsent(stage: Stage, label: string): Promise<void> {
  const control = stage.simulators.tink?.control;
  if (!control) return;
  const before = new Set(control.state().credentials.map(({ id }) => id));
  const id = await stage.connect('tink', 'de-demobank-open-banking-redirect', {}, label);
  await stage.until(id, 'awaiting_user');
  const credential = control.state().credentials.find((each) => !before.has(each.id));
  if (!credential) return;
  control.approve(credential.id);
  await stage.until(id, 'active');
  control.killSession(credential.id, 'expire');
  await stage.api.call('POST', `/v1/connections/${id}/refresh`, {});
}

/** Active first: a bank that is away takes no new connections. */
async function awayAtRefresh(stage: Stage, label: string): Promise<void> {
  const username = 'greatday_business';
  const id = await stage.connect('flinks', 'FlinksCapital', { username, password: 'Everyday' }, label);
  await stage.until(id, 'active');
  stage.simulators.flinks?.control.script({ username, at: 'authorize', code: 'RETRY_LATER', times: 3 });
  await stage.api.call('POST', `/v1/connections/${id}/refresh`, {});
}
