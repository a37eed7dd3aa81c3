import { PROVIDERS, type Desk, type DeskOptions, type Order, type ProviderName } from './simulated/desk.js';
import { FaultShower } from './simulated/fault-shower.js';
import { flanksDesk } from './simulated/flanks-desk.js';
import { flinksDesk } from './simulated/flinks-desk.js';
import { tinkDesk } from './simulated/tink-desk.js';
import type { Request, SimulatorCalls } from './simulated/remote-simulator.js';

/** One simulator in a process of its own, steered by the process that forked it. */
const DESKS: Readonly<Record<ProviderName, (options: DeskOptions) => Promise<Desk>>> = {
  tink: tinkDesk,
  flanks: flanksDesk,
  flinks: flinksDesk,
};

const provider = PROVIDERS.find((name) => name === process.argv[2]);
if (!provider || !process.send) throw new Error('Forked with the name of a provider only.');
const desk = await DESKS[provider]({ stepMs: Number(process.argv[3] ?? 1_000) });
const shower = new FaultShower(desk.control);

const calls: { [Name in keyof SimulatorCalls]: (argument: SimulatorCalls[Name][0]) => unknown } = {
  env: () => desk.env,
  seed: async (orders: readonly Order[]) => desk.seed(orders),
  truth: () => desk.truth(),
  totals: (ids) => ids.map((id) => desk.total(id)),
  befall: ({ ids, mishap }) => {
    for (const id of ids) desk.befall(id, mishap);
  },
  overlap: () => desk.overlap(),
  fault: (rule) => desk.control.addFault(rule),
  calm: () => {
    shower.stop();
    desk.control.clearFaults();
  },
  shower: (share) => {
    shower.start(share);
  },
  showered: () => shower.count,
  count: (filter) => desk.control.calls(filter).length,
  taken: (filter) => desk.control.calls(filter).filter(({ status }) => status !== null && status < 300).length,
  attempts: (username) => desk.attempts(username),
  clearCalls: () => {
    desk.control.clearCalls();
    desk.clearAttempts();
  },
};

process.on('message', ({ id, name, argument }: Request) => {
  void Promise.resolve()
    .then(() => (calls[name] as (given: unknown) => unknown)(argument))
    .then(
      (value) => process.send?.({ id, value }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    );
});
process.once('disconnect', () => process.exit(0));
process.send({ id: 0, value: 'ready' });
