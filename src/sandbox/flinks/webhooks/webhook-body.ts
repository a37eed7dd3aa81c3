import { accountsOf } from '../data/bank-data.js';
import { HOLDER } from '../data/account-plans.js';
import type { Card } from '../machine/card.js';
import { guid } from '../machine/card.js';
import { DEFAULT_QUERY, type Session } from '../machine/session.js';
import { detailView } from '../views/account-view.js';
import { tail } from '../views/session-view.js';
import type { ResponseType } from './webhook.types.js';

/** The session that fetched the data; the nightly run has one of its own. */
export type Origin = Pick<Session, 'requestId' | 'tag'>;

export const nightlyOrigin = ({ loginId, dataAsOf }: Card): Origin => ({
  requestId: guid(`webhook|${loginId}|${dataAsOf ?? 0}`),
  tag: null,
});

/** As JSON text: the signature is over these bytes. */
export function webhookBody(responseType: ResponseType, card: Card, origin: Origin): string {
  const { login, loginId, createdAt } = card;
  const asOf = card.dataAsOf ?? createdAt;
  const session = { ...origin, login, loginId, save: true };
  const content =
    responseType === 'KYC'
      ? { Holders: [HOLDER] }
      : {
          Accounts: accountsOf({ session, since: createdAt, asOf }).map((one) => detailView(one, DEFAULT_QUERY, asOf)),
        };
  return JSON.stringify({ ResponseType: responseType, HttpStatusCode: 200, ...content, ...tail(session, card) });
}
