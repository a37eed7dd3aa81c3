import { AnswerChallenge } from '../../src/connections/answer-challenge.js';
import { AuthenticateConnection } from '../../src/connections/authenticate-connection.js';
import { ClaimedCall } from '../../src/connections/claimed-call.js';
import { RetireFormerCredentials } from '../../src/connections/credential-retirement.js';
import { DeleteConnection } from '../../src/connections/delete-connection.js';
import { DeletionRetries } from '../../src/connections/deletion-retries.js';
import { ObserveConnection } from '../../src/connections/observe-connection.js';
import { ReadConnections } from '../../src/connections/read-connections.js';
import { RefreshConnection } from '../../src/connections/refresh-connection.js';
import { UpstreamDeletion } from '../../src/connections/upstream-deletion.js';
import type { Connection } from '../../src/connections/domain/connection.js';
import type { CredentialSnapshot } from '../../src/credentials/credentials.service.js';
import type { ProviderFailure, ProviderFailureCode } from '../../src/credentials/failure.js';
import type { Observation, ObservedState } from '../../src/credentials/observation.js';
import { ok } from '../../src/credentials/result.js';
import { Opened } from '../../src/platform/crypto/opened.js';
import { ProviderAccess } from '../../src/providers/registry/provider-access.js';
import { observed } from '../factories/observation.factory.js';
import type { Capabilities } from '../../src/credentials/capabilities.js';
import { UuidIds } from '../../src/platform/ids/ids.js';
import { ProviderFake } from '../fakes/provider.fake.js';
import { ConnectionStore } from './connection-store.js';

/** Two providers whose readings carry no time, and the use cases of one process on a real database. */
export class RacesWorld {
  readonly observe: ObserveConnection;
  readonly refreshing: RefreshConnection;
  readonly authentication: AuthenticateConnection;
  readonly answering: AnswerChallenge;
  readonly deletion: DeleteConnection;

  private constructor(
    readonly store: ConnectionStore,
    readonly fake: ProviderFake,
    readonly other: ProviderFake,
  ) {
    const { work, lifecycle, clock, connections } = store;
    const access = new ProviderAccess(store.registry);
    this.observe = new ObserveConnection(work, access, lifecycle, clock);
    const read = new ReadConnections(connections, store.lists, store.events, this.observe, clock);
    const claims = new ClaimedCall(work, read, this.observe, lifecycle, store.attempts, clock);
    this.refreshing = new RefreshConnection(read, access, claims, store.attempts, new UuidIds(), clock);
    this.authentication = new AuthenticateConnection(read, access, claims);
    this.answering = new AnswerChallenge(read, access, claims, clock);
    const retries = new DeletionRetries(work, clock);
    const formers = new RetireFormerCredentials(store.formers, connections, access, clock);
    const upstream = new UpstreamDeletion(store.registry, access, formers);
    this.deletion = new DeleteConnection(connections, upstream, lifecycle, store.receipts, retries);
  }

  /** @param otherCapabilities of the second provider, over those of the fake. */
  static async open(otherCapabilities: Partial<Capabilities> = {}): Promise<RacesWorld> {
    const [fake, other] = [new ProviderFake('tink'), new ProviderFake('other', otherCapabilities)];
    return new RacesWorld(await ConnectionStore.open([fake, other]), fake, other);
  }

  /** Another process. */
  another(): RacesWorld {
    return new RacesWorld(this.store, this.fake, this.other);
  }

  /** As the database has it. */
  async stored(id: string): Promise<Connection> {
    const found = await this.store.connections.find(id);
    if (!found) throw new Error('The connection is gone.');
    return found;
  }
}

/** Holds whoever passes until it is opened. */
export function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  return {
    open: () => {
      open();
    },
    arrived,
    pass: async () => {
      arrive();
      await opened;
    },
  };
}

/** A reading without a time of the provider. */
export function untimed(state: ObservedState, changes: Partial<Observation> = {}): Observation {
  return observed(state, { providerStatusAt: null, ...changes });
}

export function snapshot(observation: Observation) {
  const found: CredentialSnapshot = {
    credentialId: new Opened('vendor-credential'),
    institutionId: 'se-demobank-password',
    loginIdentity: null,
    observation,
  };
  return ok(found);
}

export function failure(code: ProviderFailureCode, mayHaveHappened: boolean): { ok: false; failure: ProviderFailure } {
  return { ok: false, failure: { code, message: 'The provider fails.', mayHaveHappened } };
}
