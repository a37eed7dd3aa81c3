import type { CallContext } from '../../src/credentials/call-context.js';
import type { Challenge } from '../../src/credentials/challenge.js';
import type { CredentialRef } from '../../src/credentials/credential-ref.js';
import type { ProviderFailure } from '../../src/credentials/failure.js';
import type { Result } from '../../src/credentials/result.js';
import { ContractBench, withBench } from './contract-bench.js';
import { isRefused, REFUSAL } from './refused.js';
import type { ServiceOperation, StartHarness, Trouble } from './contract-harness.js';

type Run = (call: CallContext) => Promise<Result<unknown, ProviderFailure>>;

interface Tried {
  /** Whether the operation can change something at the provider. */
  readonly changes: boolean;
  readonly prepare: (bench: ContractBench) => Promise<Run>;
}

const onActive =
  (run: (bench: ContractBench, ref: CredentialRef, call: CallContext) => ReturnType<Run>) =>
  async (bench: ContractBench): Promise<Run> => {
    const { ref } = await bench.active();
    return async (call) => run(bench, ref, call);
  };

const OPERATIONS: Readonly<Record<ServiceOperation, Tried>> = {
  list: { changes: false, prepare: onActive(async ({ service }, { user }, call) => service.list(user, call)) },
  get: { changes: false, prepare: onActive(async ({ service }, ref, call) => service.get(ref, call)) },
  delete: { changes: true, prepare: onActive(async ({ service }, ref, call) => service.delete(ref, call)) },
  refresh: {
    changes: true,
    prepare: onActive(async ({ service }, ref, call) => service.refresh(ref, { userPresent: true }, call)),
  },
  authenticate: {
    changes: true,
    prepare: onActive(async ({ service }, ref, call) => service.authenticate(ref, {}, call)),
  },
  qr: { changes: false, prepare: onActive(async ({ service }, ref, call) => service.qr(ref, call)) },
  create: {
    changes: true,
    prepare: async ({ service, harness }) => {
      const request = harness.goodLogin(await harness.user());
      return async (call) => service.create(request, call);
    },
  },
  submitSupplementalInformation: {
    changes: true,
    prepare: async (bench) => {
      const { service, harness } = bench;
      const asked = await bench.reach('asked_for_code');
      const challenge = asked?.observation.challenge;
      if (!asked || !challenge) {
        const nothing: Challenge = { kind: 'submit_information', expiresAt: null, fields: [] };
        return onActive(async (_bench, ref, call) =>
          service.submitSupplementalInformation(ref, nothing, new Map(), call),
        )(bench);
      }
      const answers = harness.answers(asked.ref, challenge, true);
      return async (call) => service.submitSupplementalInformation(asked.ref, challenge, answers, call);
    },
  },
};

/** Whether `mayHaveHappened` follows whether the operation changes things; the others certainly did nothing. */
const TROUBLES: readonly (readonly [Trouble, ProviderFailure['code'], boolean])[] = [
  ['unavailable', 'provider.unavailable', true],
  ['rate_limited', 'provider.rate_limited', false],
  ['rate_limited_for_a_minute', 'provider.rate_limited', false],
  ['refuses_installation', 'provider.misconfigured', false],
  ['connection_lost', 'provider.unavailable', true],
];

/** Operations whose success has no body that could be nonsense. */
const BODILESS: readonly ServiceOperation[] = ['delete', 'refresh', 'authenticate', 'submitSupplementalInformation'];

/** What the provider's side can do wrong, for each operation. */
export function describeFailures(start: StartHarness): void {
  const at = withBench(start);
  const tried = Object.entries(OPERATIONS) as [ServiceOperation, Tried][];

  describe.each(tried)('when %s goes wrong', (operation, { changes, prepare }) => {
    const refused = () => isRefused(at().service.capabilities, operation);

    it.each(TROUBLES)('%s is %s', async (trouble, code, uncertain) => {
      const run = await prepare(at());
      at().harness.trouble(operation, trouble);
      const failure = await at().failure(run(at().call));
      expect(failure).toMatchObject(refused() ? REFUSAL : { code, mayHaveHappened: uncertain && changes });
      if (refused()) return;
      const inAMinute = new Date(at().harness.now().getTime() + 60_000);
      if (trouble === 'rate_limited_for_a_minute') expect(failure).toMatchObject({ retryAt: inAMinute });
    });

    it('a deadline is provider.timeout and the caller giving up is provider.aborted', async () => {
      if (refused()) return;
      const run = await prepare(at());
      at().harness.trouble(operation, 'hang');
      const caller = new AbortController();
      const aborted = at().failure(run({ signal: caller.signal }));
      await at().harness.hanging();
      caller.abort();
      expect(await aborted).toMatchObject({ code: 'provider.aborted', mayHaveHappened: changes });
      const late = new AbortController();
      const timedOut = at().failure(run({ signal: late.signal }));
      await at().harness.hanging();
      late.abort(new DOMException('The deadline passed.', 'TimeoutError'));
      expect(await timedOut).toMatchObject({ code: 'provider.timeout', mayHaveHappened: changes });
    });

    it('nothing is sent for a caller who has given up before', async () => {
      const run = await prepare(at());
      const aborted = { code: 'provider.aborted', mayHaveHappened: false };
      const failure = await at().failure(run({ signal: AbortSignal.abort() }));
      expect(failure).toMatchObject(refused() ? REFUSAL : aborted);
    });
  });

  it.each(tried.filter(([operation]) => !BODILESS.includes(operation)))(
    'nonsense in the answer to %s is provider.bad_response',
    async (operation, { changes, prepare }) => {
      const run = await prepare(at());
      at().harness.trouble(operation, 'nonsense');
      const failure = await at().failure(run(at().call));
      const nonsense = { code: 'provider.bad_response', mayHaveHappened: changes };
      expect(failure).toMatchObject(isRefused(at().service.capabilities, operation) ? REFUSAL : nonsense);
    },
  );

  it('has a deadline of its own', async () => {
    const hasty = await ContractBench.open(start, 250);
    try {
      const { ref } = await hasty.active();
      hasty.harness.trouble('get', 'hang');
      expect(await hasty.failure(hasty.service.get(ref, hasty.call))).toMatchObject({ code: 'provider.timeout' });
    } finally {
      await hasty.close();
    }
  });

  it('works again when the trouble is over', async () => {
    const { ref } = await at().active();
    at().harness.trouble('get', 'unavailable');
    await at().failure(at().service.get(ref, at().call));
    at().harness.clearTroubles();
    expect((await at().value(at().service.get(ref, at().call))).observation.state).toBe('active');
  });
}
