import { ControlDesk } from '../simulator/control-desk.js';
import { viewOf } from './connect/session.js';
import { totalsOf } from './data/totals.js';
import { stateOf } from './credentials-view.js';
import {
  type BankAnswer,
  type FlanksControl,
  type FlanksCredentialsState,
  type FlanksState,
  type FlanksSwitches,
  type FlanksTotals,
  UnknownCredentials,
} from './flanks-simulator.types.js';
import type { FlanksWorld } from './flanks-world.js';
import type { Credential } from './machine/credential.js';
import { groupOf } from './machine/groups.js';
import { blocked, needsSca, unblocked, withoutSca } from './machine/repair.js';
import { switched } from './switches.js';

export class InProcessControl extends ControlDesk<FlanksWorld> implements FlanksControl {
  state(): FlanksState {
    const { world } = this;
    const now = world.now();
    return {
      now,
      switches: world.switches,
      credentials: world.allCredentials().map(stateOf),
      links: [...world.links.values()].map(({ token, name, redirectUri, active }) => ({
        // A link that was given no name is called by its token.
        name: name === token ? '' : name,
        redirectUri,
        active,
        pendingCodes: world.codesOf(token).length,
      })),
      sessions: [...world.sessions.values()].map((session) => {
        const { session_id: id, status, error_code: errorCode } = viewOf(session, now);
        return { id, status, errorCode };
      }),
      faults: world.faults.list(),
    };
  }

  credentials(ref: string): FlanksCredentialsState {
    return stateOf(this.find(ref));
  }

  totals(ref: string): FlanksTotals {
    return totalsOf(this.find(ref));
  }

  setSwitches(change: Partial<FlanksSwitches>): FlanksSwitches {
    this.world.switches = switched(change, this.world.switches);
    return this.world.switches;
  }

  setBlocked(ref: string, isBlocked: boolean): FlanksCredentialsState {
    const credential = this.find(ref);
    return this.keep(isBlocked ? blocked(credential) : unblocked(credential));
  }

  setSca(ref: string, isNeeded: boolean): FlanksCredentialsState {
    const credential = this.find(ref);
    return this.keep(isNeeded ? needsSca(credential) : withoutSca(credential));
  }

  setErrored(ref: string, words: readonly string[]): FlanksCredentialsState {
    const groups = words.map((word) => {
      const group = groupOf(word);
      if (!group) throw new RangeError(`There is no group ${word}.`);
      return group;
    });
    const credential = this.find(ref);
    const errored = groups.filter((group) => credential.created.includes(group));
    return this.keep({ ...credential, failing: groups, errored });
  }

  setBankAnswer(ref: string, bankAnswer: BankAnswer): FlanksCredentialsState {
    return this.keep({ ...this.find(ref), bankAnswer });
  }

  private find(ref: string): Credential {
    const credential = this.world.credential(ref) ?? this.world.byToken(ref);
    if (!credential) throw new UnknownCredentials();
    return credential;
  }

  private keep(credential: Credential): FlanksCredentialsState {
    this.world.put(credential);
    this.world.file.saveSoon();
    return stateOf(credential);
  }
}
