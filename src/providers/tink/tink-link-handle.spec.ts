import type { CredentialSnapshot } from '../../credentials/credentials.service.js';
import type { ObservedState } from '../../credentials/observation.js';
import { Opened } from '../../platform/crypto/opened.js';
import {
  connectHandle,
  healedSince,
  newSince,
  readLinkHandle,
  renewHandle,
  type LinkHandle,
} from './tink-link-handle.js';

const credential = (id: string, state: ObservedState = 'active', consentExpiresAt?: Date): CredentialSnapshot => ({
  credentialId: new Opened(id),
  institutionId: 'se-bank',
  loginIdentity: null,
  observation: {
    ...{ state, cause: 'none', providerStatus: 'X', providerStatusAt: null },
    ...(consentExpiresAt && { consentExpiresAt }),
  },
});
const of = <K extends LinkHandle['kind']>(kind: K, handle: Opened | ReturnType<typeof connectHandle>) => {
  const read = readLinkHandle(handle ?? undefined);
  if (read?.kind !== kind) throw new Error('Another kind.');
  return read as LinkHandle & { readonly kind: K };
};

describe('a visit to connect, afterwards', () => {
  const handle = (institutionId?: string) => of('connect', connectHandle([credential('old')], institutionId));
  const found = (now: readonly CredentialSnapshot[], bank?: string) =>
    newSince(handle(bank), now)?.credentialId.reveal('test');

  it('made the one credential that was not there before', () => {
    expect(found([credential('old'), credential('new')])).toBe('new');
    expect(found([credential('new', 'syncing')], 'se-bank')).toBe('new');
    expect(found([credential('old')])).toBeUndefined();
  });

  it('made none that the bank has not let in, or of another bank', () => {
    for (const state of ['pending', 'authenticating', 'awaiting_user', 'retrying', 'blocked', 'failed'] as const) {
      expect(found([credential('new', state)])).toBeUndefined();
    }
    expect(found([credential('new')], 'se-other')).toBeUndefined();
  });

  it('cannot be told among several', () => {
    expect(found([credential('new'), credential('newer')])).toBeUndefined();
  });

  it('is not remembered with too many credentials', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => credential(`c${index}`));
    expect(connectHandle(many(200), undefined)).not.toBeNull();
    expect(connectHandle(many(201), undefined)).toBeNull();
  });
});

describe('a visit to renew, afterwards', () => {
  const [sooner, later] = [new Date(1_800_000_000_000), new Date(1_900_000_000_000)];
  const healed = (before: CredentialSnapshot, now: CredentialSnapshot) =>
    healedSince(of('renew', renewHandle(before)), now);

  it('healed what is active and was not', () => {
    expect(healed(credential('c', 'reauth_required'), credential('c'))).toBe(true);
    expect(healed(credential('c', 'reauth_required'), credential('c', 'syncing'))).toBe(false);
  });

  it('renewed what was active only if the consent lasts longer', () => {
    expect(healed(credential('c', 'active', sooner), credential('c', 'active', later))).toBe(true);
    expect(healed(credential('c', 'active', sooner), credential('c', 'active', sooner))).toBe(false);
    expect(healed(credential('c'), credential('c', 'active', later))).toBe(false);
  });
});

it.each(['', '{}', '[]', 'nonsense', '{"kind":"connect"}', '{"kind":"connect","known":[7]}', '{"kind":"other"}'])(
  'the handle %j is none',
  (text) => {
    expect(readLinkHandle(new Opened(text))).toBeNull();
  },
);
