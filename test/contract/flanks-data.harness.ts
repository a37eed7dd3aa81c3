import type { CredentialRef, ProviderUserRef } from '../../src/credentials/credential-ref.js';
import type { FlanksTotal } from '../../src/sandbox/flanks/flanks-simulator.types.js';
import type { AccountDataHarness, DataTruth, StartDataHarness } from './account-data-harness.js';
import type { Trouble } from './contract-harness.js';
import { FlanksHarness, startFlanksHarness, TROUBLES } from './flanks.harness.js';

const LOAD_MS = 12 * 250;
const DAY_MS = 86_400_000;
/** A reading begins with the status, which is no call for data. */
const DATA = '^/v0/bank/credentials/(?:account|data|card|liability|portfolio|investment|holder)';

/** The real Flanks module against the simulator, over HTTP, on one clock. */
export const startFlanksData: StartDataHarness = async () => startFlanksHarness(FlanksDataHarness);

class FlanksDataHarness extends FlanksHarness implements AccountDataHarness {
  async connected(user: ProviderUserRef): Promise<CredentialRef> {
    const ref = { user, credentialId: await this.connect(user) };
    this.secrets.push(ref.credentialId.reveal('test'));
    this.advance(LOAD_MS);
    return ref;
  }

  /** Flanks loads by itself, in the early morning. */
  async moreData(): Promise<void> {
    this.advance(3 * DAY_MS);
  }

  troubleData(kind: Trouble): void {
    this.simulator.control.addFault({ method: 'POST', path: DATA, times: null, action: TROUBLES[kind] });
  }

  async remove(ref: CredentialRef): Promise<void> {
    const deleted = await this.provider.credentials.delete(ref, this.call);
    if (!deleted.ok) throw new Error(deleted.failure.code);
  }

  truth({ credentialId }: CredentialRef): DataTruth {
    const { products, transactions, currency } = this.simulator.control.totals(credentialId.reveal('test'));
    const moved = [transactions.account, transactions.card, transactions.liability];
    const counted = (totals: readonly FlanksTotal[]): number => totals.reduce((sum, { count }) => sum + count, 0);
    const cents = moved.reduce((sum, total) => sum + BigInt(total.sum.replace('.', '')), 0n);
    return {
      accounts: counted([products.account, products.card, products.liability, products.portfolio]),
      booked: counted(moved),
      bookedSums: new Map([[currency, decimal(cents)]]),
    };
  }
}

function decimal(cents: bigint): string {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
