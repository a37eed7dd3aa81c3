import { randomUUID } from 'node:crypto';
import type { AuthorizeDesk } from '../authorize-desk.js';
import { isObject } from '../../simulator/json.js';
import { type Body, invalid, optionalText, texts, word } from '../body.js';
import type { FlinksCode } from '../flinks-codes.js';
import { FlinksError } from '../flinks-error.js';
import type { SecurityResponses } from '../flinks-simulator.types.js';
import type { FlinksWorld } from '../flinks-world.js';
import type { Session } from '../machine/session.js';
import { answersOf } from './mfa-form.js';
import type { Visit } from './visit.js';

/** Why the door stays shut; the first is a word of Connect, not of the API. */
export type Refusal = 'TOKEN_INVALID' | FlinksCode;

/** What a user does in Connect, page by page. */
export class ConnectDesk {
  constructor(
    private readonly world: FlinksWorld,
    private readonly desk: AuthorizeDesk,
  ) {}

  /** @param institutionId of an address that names the bank. @throws FlinksError for parameters that make no sense */
  open(query: Body, institutionId: number | null): Visit | Refusal {
    const now = this.world.now();
    const requestId = optionalText(query, 'requestId');
    if (requestId !== null) return this.resume(query, requestId, now);
    const token = optionalText(query, 'authorizeToken') ?? '';
    const begun = this.find(this.world.tokens.holderOf(token) ?? '');
    if (begun) return begun;
    if (!this.world.tokens.isFresh(token, now) && this.world.switches.requireToken) return 'TOKEN_INVALID';
    const visit = this.put({ ...read(query, now), institutionId });
    this.world.tokens.bind(token, visit.id);
    return visit;
  }

  find(id: string): Visit | null {
    return this.world.visits.get(id) ?? null;
  }

  /** The session that the visit is about; `null` before a sign-in and after one that failed. */
  sessionOf({ requestId }: Visit): Session | null {
    return requestId === null ? null : this.world.session(requestId);
  }

  post(visit: Visit, form: Body): Visit {
    const action = word(form, 'action', ['next', 'back', 'close', 'deny'], 'next');
    if (action === 'close' || action === 'deny') return this.put({ ...visit, left: true });
    const cleared: Visit = { ...visit, error: null, consented: true };
    if (action === 'back') return this.put({ ...cleared, institutionId: null, requestId: null });
    const chosen = optionalText(form, 'institution');
    const there: Visit = chosen === null ? cleared : { ...cleared, institutionId: Number(chosen) };
    if (optionalText(form, 'username') !== null) return this.signIn(there, form);
    const session = this.sessionOf(there);
    return session?.phase.kind === 'challenged' ? this.answer(there, session, form) : this.put(there);
  }

  private resume(query: Body, requestId: string, now: number): Visit | Refusal {
    const session = this.world.session(requestId);
    if (!session) return 'SESSION_NONEXISTENT';
    if (session.phase.kind === 'failed') return session.phase.code;
    const begun = [...this.world.visits.values()].find((visit) => visit.requestId === session.requestId);
    if (begun) return begun;
    const { login, tag } = session;
    const { institutionId, language } = login;
    const visit = { ...read(query, now), institutionId, language, consented: true, requestId: session.requestId };
    return this.put({ ...visit, tag: visit.tag ?? tag });
  }

  private signIn(visit: Visit, form: Body): Visit {
    const { institutionId, language, scheduleRefresh, statements, tag } = visit;
    if (institutionId === null) throw invalid('institution is required.');
    const login = { institutionId, username: optionalText(form, 'username') ?? '', language };
    const opening = { save: true, everyQuestion: false, background: false, scheduleRefresh, statements, tag };
    return this.moved(visit, () => this.desk.present('connect', login, optionalText(form, 'password') ?? '', opening));
  }

  private answer(visit: Visit, session: Session, form: Body): Visit {
    return this.moved(visit, () => this.desk.answer(session, responsesOf(form, session), false));
  }

  private moved(visit: Visit, act: () => Session): Visit {
    try {
      const { phase, requestId } = act();
      if (phase.kind === 'failed') return this.put({ ...visit, requestId: null, error: phase.code });
      const wrong = phase.kind === 'challenged' && phase.wrong;
      return this.put({ ...visit, requestId, error: wrong ? 'INVALID_SECURITY_RESPONSE' : null });
    } catch (error) {
      if (!(error instanceof FlinksError)) throw error;
      const alive = this.sessionOf(visit)?.phase.kind === 'challenged';
      return this.put({ ...visit, requestId: alive ? visit.requestId : null, error: error.code });
    }
  }

  private put(visit: Visit): Visit {
    this.world.visits.set(visit.id, visit);
    return visit;
  }
}

function read(query: Body, openedAt: number): Visit {
  const on = (name: string, otherwise = false): boolean =>
    word(query, name, ['true', 'false'], otherwise ? 'true' : 'false') === 'true';
  return {
    ...{ id: randomUUID(), openedAt, redirectUrl: redirectOf(query), tag: optionalText(query, 'tag') },
    language: word(query, 'language', ['en', 'fr'], 'en'),
    demo: on('demo'),
    scheduleRefresh: on('scheduleRefresh'),
    statements: on('detailsAndStatementEnable'),
    consented: !on('consentEnable', true),
    ...{ institutionId: null, requestId: null, error: null, left: false },
  };
}

function redirectOf(query: Body): string | null {
  const address = optionalText(query, 'redirectUrl');
  if (address !== null && !/^https?:\/\/\S+$/.test(address)) throw invalid('redirectUrl must be an http address.');
  return address;
}

/** As fields of the page, or whole as JSON in the field `responses`. */
function responsesOf(form: Body, session: Session): SecurityResponses {
  const json = optionalText(form, 'responses');
  if (json === null) return answersOf(session.rounds[0]?.challenges ?? [], form);
  const given = parse(json);
  if (!isObject(given)) throw invalid('responses must be a JSON object.');
  return Object.fromEntries(Object.entries(given).map(([prompt, answers]) => [prompt, texts(answers, prompt)]));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
