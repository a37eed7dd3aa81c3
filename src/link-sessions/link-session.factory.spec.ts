import { Opened } from '../platform/crypto/opened.js';
import { UuidIds } from '../platform/ids/ids.js';
import { MovableClock } from '../platform/time/clock.js';
import { ProviderFake } from '../../test/fakes/provider.fake.js';
import { at, connection, NOON } from '../../test/factories/connection.factory.js';
import { credentialRefOf } from '../connections/credential-ref.js';
import { LinkSessionFactory, type Visitor } from './link-session.factory.js';

const MINUTE = 60_000;
const STATE = new Opened('state');
const REQUEST = { userId: 'u-1', provider: 'fake', purpose: 'connect', redirectUrl: 'https://a.example' } as const;
const VISITOR: Visitor = {
  user: { id: 'u-1', externalUserId: 'cust-1', market: null, locale: null, createdAt: NOON, deletionRequestedAt: null },
  provider: new ProviderFake(),
  target: null,
  actor: 'client:1',
};

describe('a visit that begins', () => {
  const factory = new LinkSessionFactory(new UuidIds(), MovableClock.frozenAt(NOON));
  const begun = (expiresAt: Date | null) => ({ url: new Opened('https://provider.example'), expiresAt });

  it.each([
    ['the provider sets no limit', null, 30],
    ['the provider gives more time', at(60 * MINUTE), 30],
    ['the provider gives less time', at(8 * MINUTE), 8],
  ])('lasts thirty minutes at most: %s', (_what, expiresAt, minutes) => {
    const session = factory.session(REQUEST, VISITOR, begun(expiresAt), STATE);
    expect(session).toMatchObject({ status: 'open', expiresAt: at(minutes * MINUTE), recoverAt: at(2 * MINUTE) });
  });

  it('is to the bank that was asked for, or to that of the connection to repair', () => {
    const connecting = factory.session({ ...REQUEST, institutionId: 'b-1' }, VISITOR, begun(null), STATE);
    expect(connecting).toMatchObject({ institutionId: 'b-1', connectionId: null });
    const credential = credentialRefOf(connection());
    const target = { connectionId: 'c-1', institutionId: 'b-2', credential };
    const repairing = factory.session({ ...REQUEST, institutionId: 'b-1' }, { ...VISITOR, target }, begun(null), STATE);
    expect(repairing).toMatchObject({ institutionId: 'b-2', connectionId: 'c-1' });
  });
});
