import { randomBytes } from 'node:crypto';
import { BANKS, bankOf } from '../bank/banks.js';
import type { LinkError } from '../bank/test-bank.js';
import { type Session, type SessionEnd, sessionCode } from '../connect/session.js';
import type { FlanksWorld, Link } from '../flanks-world.js';
import type { Credential, RepairKind } from '../machine/credential.js';
import { born } from '../machine/loading.js';
import { attempted, repaired } from '../machine/repair.js';
import { type Moved, type Origin, type Visit, type VisitForm, moveVisit, retried, sendsBack } from './visit.js';

/** Where the user goes from here. `end`: a last page, nobody is sent anywhere. */
export type Next =
  | { readonly kind: 'page'; readonly visit: Visit }
  | { readonly kind: 'back'; readonly url: string }
  | { readonly kind: 'end'; readonly text: string };

export interface Arrival {
  readonly origin: Origin;
  readonly repairs: { readonly kind: RepairKind; readonly credential: Credential } | null;
  readonly choice: readonly string[];
  readonly bank: string | null;
  readonly externalId: string | null;
}

export const ALL_BANKS = BANKS.map(({ id }) => id);
const VISIT_MS = 3_600_000;

export const secret = (): string => randomBytes(20).toString('hex');

/** Leads users through the hosted pages and does what comes of it. */
export class HostedDesk {
  constructor(private readonly world: FlanksWorld) {}

  open({ origin, repairs, choice, bank, externalId }: Arrival): Visit {
    const credential = repairs?.credential;
    const chosen = credential?.bank ?? (choice.includes(bank ?? '') ? bank : null);
    const asksOnly = repairs !== null && repairs.kind !== 'reset';
    return this.world.putVisit({
      ...{ id: secret(), origin, choice, externalId, startedAt: this.world.now() },
      repairs: repairs && { kind: repairs.kind, credentialId: repairs.credential.id },
      bank: chosen,
      step: asksOnly ? 'challenge' : chosen === null ? 'bank' : 'login',
      username: credential?.username ?? null,
      failing: null,
      challenge: asksOnly ? (credential?.challenge ?? 'SCA_SMS') : null,
      firstChallenge: null,
      notice: bank !== null && chosen === null ? 'This bank is not here.' : null,
    });
  }

  /** `null` when it is over. */
  find(id: string): Visit | null {
    const visit = this.world.visit(id);
    return visit && this.world.now() < visit.startedAt + VISIT_MS ? visit : null;
  }

  submit(visit: Visit, form: VisitForm): Next {
    this.countAttempt(visit, form);
    const { allowDuplicates } = this.world.switches;
    const moved = moveVisit(visit, form, (bank, username) => {
      return !allowDuplicates && this.world.byLogin(bank, username) !== null;
    });
    return this.settle(moved);
  }

  leave(visit: Visit): Next {
    if (visit.origin.kind === 'link') return this.fail(visit, 'ABORTED_BY_USER', 'You left. You can close this page.');
    const session = this.world.sessions.get(visit.origin.sessionId);
    this.world.endVisit(visit);
    return this.back(session ? sessionReturn(session) : null);
  }

  private settle(moved: Moved): Next {
    switch (moved.kind) {
      case 'waits':
        this.progress(moved.visit);
        return { kind: 'page', visit: this.world.putVisit(moved.visit) };
      case 'failed':
        return this.fail(moved.visit, moved.code, null);
      case 'passed':
        return this.pass(moved.visit);
    }
  }

  private fail(visit: Visit, code: LinkError, farewell: string | null): Next {
    const { origin } = visit;
    if (origin.kind === 'session') {
      const errorCode = sessionCode(code, this.world.switches.sessionDuplicateCode);
      return this.endSession(visit, origin.sessionId, { errorCode, connectionId: null });
    }
    if (sendsBack(origin.rollback, code)) {
      this.world.endVisit(visit);
      return this.back(this.linkReturn(origin, { ...origin.extras, error: code }));
    }
    if (farewell === null) return { kind: 'page', visit: this.world.putVisit(retried(visit, code)) };
    this.world.endVisit(visit);
    return { kind: 'end', text: farewell };
  }

  private pass(visit: Visit): Next {
    const credential = visit.repairs === null ? this.create(visit) : this.repair(visit, visit.repairs);
    if (typeof credential === 'string') return this.fail(visit, credential, null);
    const { origin } = visit;
    if (origin.kind === 'session') {
      const end = { errorCode: null, connectionId: credential.token };
      return this.endSession(visit, origin.sessionId, end);
    }
    this.world.endVisit(visit);
    const extras = this.world.switches.extrasOnSuccess ? origin.extras : {};
    if (visit.repairs !== null) return this.back(this.linkReturn(origin, extras));
    const code = secret();
    const { linkToken, extras: extra } = origin;
    this.world.codes.set(code, { code, linkToken, extra, credentialId: credential.id, createdAt: this.world.now() });
    return this.back(this.linkReturn(origin, { ...extras, code }));
  }

  private create({ bank, username, externalId, firstChallenge, failing }: Visit): Credential | LinkError {
    if (bank === null || username === null || !bankOf(bank)) return 'INTERNAL_ERROR';
    const existing = this.world.byLogin(bank, username);
    if (existing) return this.world.switches.allowDuplicates ? existing : 'CREDENTIALS_ALREADY_EXIST';
    const given = { id: this.world.nextId(), token: secret(), bank, username, externalId, challenge: firstChallenge };
    return this.world.put(born({ ...given, failing: failing ?? [] }, this.world.now()));
  }

  private repair(visit: Visit, { kind, credentialId }: NonNullable<Visit['repairs']>): Credential | LinkError {
    const credential = this.world.credential(credentialId);
    if (!credential) return 'INTERNAL_ERROR';
    const { firstChallenge: challenge, failing } = visit;
    return this.world.put(repaired(credential, kind, { challenge, failing, now: this.world.now() }));
  }

  /** The answer to a challenge that follows a login belongs to the same attempt. */
  private countAttempt({ repairs }: Visit, { password, answer }: VisitForm): void {
    if (repairs === null || !(repairs.kind === 'reset' ? password : answer)) return;
    const credential = this.world.credential(repairs.credentialId);
    if (credential) this.world.put(attempted(credential, 'user', this.world.now()));
  }

  private progress({ origin, step }: Visit): void {
    const session = origin.kind === 'session' ? this.world.sessions.get(origin.sessionId) : undefined;
    if (session) this.world.putSession({ ...session, progress: step === 'challenge' ? 'challenge' : 'login' });
  }

  private endSession(visit: Visit, id: string, how: Pick<SessionEnd, 'errorCode' | 'connectionId'>): Next {
    this.world.endVisit(visit);
    const session = this.world.sessions.get(id);
    if (session?.end !== null) return { kind: 'end', text: 'This session is over.' };
    const at = this.world.now() + (this.world.switches.processingOnReturn ? this.world.stepMs : 0);
    const after = visit.step === 'challenge' ? 'challenge' : 'login';
    this.world.putSession({ ...session, progress: 'ended', end: { ...how, at, after } });
    return this.back(sessionReturn(session));
  }

  private linkReturn({ linkToken }: Origin & { kind: 'link' }, query: Readonly<Record<string, string>>): string | null {
    const link: Link | undefined = this.world.links.get(linkToken);
    return link ? withQuery(link.redirectUri, query) : null;
  }

  private back(url: string | null): Next {
    if (url === null) return { kind: 'end', text: 'The page that you came from is gone.' };
    if (this.world.switches.lostRedirect) return { kind: 'end', text: 'Done. You can close this page.' };
    return { kind: 'back', url };
  }
}

const sessionReturn = ({ redirectUrl, id }: Session): string => withQuery(redirectUrl, { session_id: id });

function withQuery(address: string, query: Readonly<Record<string, string>>): string {
  const url = new URL(address);
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
  return url.href;
}
