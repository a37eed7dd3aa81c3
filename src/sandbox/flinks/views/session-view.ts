import { institutionOf } from '../data/institutions.js';
import type { FlinksCode } from '../flinks-codes.js';
import { FlinksError } from '../flinks-error.js';
import { challengeView } from '../machine/answers.js';
import type { Card } from '../machine/card.js';
import type { Session } from '../machine/session.js';
import { demoUser } from '../data/demo-users.js';
import type { Link, LoginView, SecurityChallenge } from '../wire.types.js';

type Json = Readonly<Record<string, unknown>>;

const link = (rel: string, href: string, example: string | null = null): Link => ({ rel, href, example });

const DATA_LINKS = [
  link('AccountsDetail', '/GetAccountsDetail'),
  link('AccountsSummary', '/GetAccountsSummary'),
  link('Statements', '/GetStatements'),
];
const MFA_LINKS = [link('Authorization', '/Authorize')];
/** As the wire has it: the vendor never fills the braces in. */
const PENDING_LINKS = [link('{Endpoint}Async', '/{Endpoint}Async', '/{Endpoint}Async/{requestId}')];

/** Without a zone, as the vendor writes UTC. */
export function timeView(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}0000`;
}

function loginView({ loginId, login, isScheduledRefresh, dataAsOf, createdAt }: Card): LoginView {
  return {
    Username: login.username,
    IsScheduledRefresh: isScheduledRefresh,
    LastRefresh: timeView(dataAsOf ?? createdAt),
    Type: demoUser(login.username)?.type ?? 'Personal',
    Id: loginId,
  };
}

/** What every answer about a session ends in. */
export function tail(session: Pick<Session, 'login' | 'save' | 'tag' | 'requestId'>, card: Card | null): Json {
  const name = institutionOf(session.login.institutionId)?.name ?? '';
  return {
    InstitutionName: name,
    ...(card && session.save && { Login: loginView(card) }),
    InstitutionId: session.login.institutionId,
    Institution: name,
    ...(session.tag !== null && { Tag: session.tag }),
    RequestId: session.requestId,
  };
}

export function authorizedView(session: Session, card: Card | null): Json {
  return { HttpStatusCode: 200, Links: DATA_LINKS, ...tail(session, card) };
}

export function challengedView(session: Session): Json {
  return { HttpStatusCode: 203, Links: MFA_LINKS, SecurityChallenges: challengesOf(session), ...tail(session, null) };
}

export function workingView({ requestId }: Session): Json {
  return { HttpStatusCode: 202, Message: 'The authorization is still processing.', RequestId: requestId };
}

export function dataLinks(): readonly Link[] {
  return DATA_LINKS;
}

export function challengesOf({ phase, rounds }: Session): readonly SecurityChallenge[] {
  return phase.kind === 'challenged' ? (rounds[0]?.challenges ?? []).map(challengeView) : [];
}

/** @param code `OPERATION_PENDING` or `OPERATION_DISPATCHED` */
export function pending({ requestId }: Session, code: FlinksCode): FlinksError {
  return new FlinksError(code, { body: { Links: PENDING_LINKS, RequestId: requestId } });
}

/** A code about a session. While it waits for answers the challenges come along, so that they can be given again. */
export function errorOf(session: Session, code: FlinksCode = ending(session)): FlinksError {
  const challenges = challengesOf(session);
  const name = institutionOf(session.login.institutionId)?.name;
  return new FlinksError(code, {
    body: {
      ...(challenges.length > 0 && { Links: MFA_LINKS, SecurityChallenges: challenges }),
      Institution: name,
      RequestId: session.requestId,
    },
  });
}

function ending({ phase }: Session): FlinksCode {
  return phase.kind === 'failed' && phase.code === 'SESSION_EXPIRED' ? 'SESSION_EXPIRED' : 'SESSION_NONEXISTENT';
}
