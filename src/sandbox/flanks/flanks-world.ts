import { CallLog } from '../simulator/call-log.js';
import type { SharedWorld } from '../simulator/control-desk.js';
import { FaultBoard } from '../simulator/faults.js';
import { isObject } from '../simulator/json.js';
import { StateFile } from '../simulator/state-file.js';
import { AccessTokens } from './access-tokens.js';
import type { Session } from './connect/session.js';
import type { FlanksSimulatorOptions, FlanksSwitches } from './flanks-simulator.types.js';
import type { Visit } from './hosted/visit.js';
import type { Credential, RepairKind } from './machine/credential.js';
import { advance } from './machine/loading.js';
import { switched } from './switches.js';

export interface Link {
  readonly token: string;
  readonly name: string;
  readonly redirectUri: string;
  readonly companyName: string;
  readonly termsUrl: string | null;
  readonly privacyUrl: string | null;
  readonly active: boolean;
}

export interface LinkCode {
  readonly code: string;
  readonly linkToken: string;
  readonly credentialId: string;
  readonly extra: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

interface Snapshot {
  readonly version: 1;
  readonly vendor: 'flanks';
  readonly now: number;
  readonly count: number;
  readonly credentials: readonly Credential[];
  readonly links: readonly Link[];
  readonly codes: readonly LinkCode[];
  readonly sessions: readonly Session[];
  readonly visits: readonly Visit[];
  readonly tokens: readonly (readonly [string, number])[];
}

const MAX_VISITS = 1000;
const MAX_SESSIONS = 5000;

/** The whole state of one simulator. Credentials come out as of now. */
export class FlanksWorld implements SharedWorld {
  readonly faults = new FaultBoard();
  readonly calls = new CallLog();
  readonly tokens = new AccessTokens();
  readonly file: StateFile;
  readonly links = new Map<string, Link>();
  /** Codes that were not exchanged. */
  readonly codes = new Map<string, LinkCode>();
  readonly sessions = new Map<string, Session>();
  private readonly credentials = new Map<string, Credential>();
  private readonly visits = new Map<string, Visit>();
  private count = 0;
  /** Set when the server listens. */
  baseUrl = '';
  switches: FlanksSwitches;
  readonly stepMs: number;

  constructor(readonly options: FlanksSimulatorOptions) {
    this.switches = switched(options);
    this.stepMs = options.stepMs ?? 250;
    this.file = new StateFile(options.stateFile ?? null, () => this.snapshot());
  }

  now(): number {
    return this.options.clock.now().getTime();
  }

  nextId(): string {
    return `cred-${++this.count}`;
  }

  put(credential: Credential): Credential {
    this.credentials.set(credential.id, credential);
    return credential;
  }

  /** By the simulator's own name. */
  credential(id: string): Credential | null {
    const credential = this.credentials.get(id);
    return credential ? this.put(advance(credential, this.now(), this.stepMs)) : null;
  }

  /** Oldest first. */
  allCredentials(): readonly Credential[] {
    const now = this.now();
    return [...this.credentials.values()].map((credential) => this.put(advance(credential, now, this.stepMs)));
  }

  byToken(token: string): Credential | null {
    return this.firstOf((credential) => credential.token === token);
  }

  byLogin(bank: string, username: string): Credential | null {
    return this.firstOf((credential) => credential.bank === bank && credential.username === username);
  }

  byRepairToken(kind: RepairKind, token: string): Credential | null {
    const due = this.allCredentials();
    return due.find((credential) => credential.tokens[kind] === token) ?? null;
  }

  deleteCredential({ id }: Credential): void {
    this.credentials.delete(id);
    for (const [key, { credentialId }] of this.codes) if (credentialId === id) this.codes.delete(key);
  }

  codesOf(linkToken: string): readonly LinkCode[] {
    return [...this.codes.values()].filter((code) => code.linkToken === linkToken);
  }

  putSession(session: Session): Session {
    this.sessions.set(session.id, session);
    dropOldest(this.sessions, MAX_SESSIONS);
    return session;
  }

  visit(id: string): Visit | null {
    return this.visits.get(id) ?? null;
  }

  putVisit(visit: Visit): Visit {
    this.visits.set(visit.id, visit);
    dropOldest(this.visits, MAX_VISITS);
    return visit;
  }

  endVisit({ id }: Visit): void {
    this.visits.delete(id);
  }

  revokeTokens(): void {
    this.tokens.clear();
  }

  reset(): void {
    const kept = [this.links, this.codes, this.sessions, this.credentials, this.visits];
    for (const book of [...kept, this.tokens, this.faults, this.calls]) book.clear();
    this.switches = switched(this.options);
  }

  /** Time goes on where it stood, also when it had been moved ahead. @throws Error for a foreign file. */
  async restore(): Promise<void> {
    const saved = await this.file.load();
    if (saved === null) return;
    if (!isSnapshot(saved)) throw new Error('The state file is not one of this simulator.');
    this.options.clock.advance(Math.max(0, saved.now - this.now()));
    this.count = saved.count;
    for (const credential of saved.credentials) this.put(credential);
    for (const link of saved.links) this.links.set(link.token, link);
    for (const code of saved.codes) this.codes.set(code.code, code);
    for (const session of saved.sessions) this.sessions.set(session.id, session);
    for (const visit of saved.visits) this.visits.set(visit.id, visit);
    this.tokens.load(saved.tokens);
  }

  private firstOf(matches: (credential: Credential) => boolean): Credential | null {
    const found = [...this.credentials.values()].find(matches);
    return found ? this.credential(found.id) : null;
  }

  private snapshot(): Snapshot {
    return {
      version: 1,
      vendor: 'flanks',
      now: this.now(),
      count: this.count,
      credentials: this.allCredentials(),
      links: [...this.links.values()],
      codes: [...this.codes.values()],
      sessions: [...this.sessions.values()],
      visits: [...this.visits.values()],
      tokens: this.tokens.save(),
    };
  }
}

function dropOldest(book: Map<string, unknown>, limit: number): void {
  for (const key of book.keys()) {
    if (book.size <= limit) return;
    book.delete(key);
  }
}

function isSnapshot(value: unknown): value is Snapshot {
  return isObject(value) && value['version'] === 1 && value['vendor'] === 'flanks';
}
