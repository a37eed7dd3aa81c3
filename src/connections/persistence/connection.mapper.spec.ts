import { randomBytes } from 'node:crypto';

import fc from 'fast-check';

import { KeyRing } from '../../platform/crypto/key-ring.js';
import { LookupHash } from '../../platform/crypto/lookup-hash.js';
import { Opened } from '../../platform/crypto/opened.js';
import { Sealer, UnsealError } from '../../platform/crypto/sealer.js';
import { at, connection, CREDENTIAL_ID } from '../../../test/factories/connection.factory.js';
import { field } from '../../../test/factories/field.factory.js';
import type { Connection } from '../domain/connection.js';
import { ConnectionEntity } from './connection.entity.js';
import { ConnectionMapper, type ConnectionRow } from './connection.mapper.js';

const ring = new KeyRing([{ id: 'k', key: randomBytes(32) }]);
const lookup = new LookupHash(randomBytes(32));
const mapper = new ConnectionMapper(new Sealer(ring), lookup);
const WHY = 'to test it';

/** As the database gives it back. */
function stored(row: ConnectionRow): ConnectionEntity {
  const work = { observedAt: at(-1), leaseUntil: at(1), leaseOwner: 'worker-1' };
  return Object.assign(new ConnectionEntity(), row, work);
}

/** Secrets compare by their text. */
function plain({ credentialId, sessionRef, ...rest }: Connection) {
  return { ...rest, credentialId: credentialId?.reveal(WHY) ?? null, sessionRef: sessionRef?.reveal(WHY) ?? null };
}

const full = connection({
  state: 'awaiting_user',
  cause: 'user_interaction',
  reference: 'loan-7781',
  challenge: {
    kind: 'submit_information',
    expiresAt: at(120_000),
    fields: [field({ value: 'starting value' })],
  },
  sessionRef: new Opened('session-secret'),
  consentExpiresAt: at(1),
  consentRenewableFrom: at(2),
  degradedGroups: ['loans'],
  nextSyncAt: at(3),
  nextWatchAt: at(4),
  retryAt: at(5),
  consecutiveFailures: 6,
  wrongLoginCount: 7,
  syncPausedAt: at(8),
  version: 9,
  fence: 10,
});

describe('ConnectionMapper', () => {
  it.each([
    ['a full record', full],
    ['a healthy one', connection()],
    ['a deleted one', connection({ state: 'deleted', credentialId: null, fingerprint: null, deletedAt: at(0) })],
    ['an undated question', connection({ challenge: { kind: 'open_app', expiresAt: null } })],
  ])('brings back %s', (_what, record) => {
    const again = mapper.toConnection(stored(mapper.toRow(record)));
    expect(plain(again)).toEqual(plain(record));
    expect(Object.keys(again).toSorted()).toEqual(Object.keys(record).toSorted());
  });

  it('gives the record nothing of the row that is not its own', () => {
    const text = JSON.stringify(mapper.toConnection(stored(mapper.toRow(full))));
    for (const column of ['Sealed', 'Lookup', 'lease', 'observedAt', 'worker-1']) expect(text).not.toContain(column);
  });

  it('stores the deadline of a question beside it, and none without one', () => {
    expect(mapper.toRow(full).challengeExpiresAt).toEqual(at(120_000));
    expect(mapper.toRow(connection())).toMatchObject({ challengeSealed: null, challengeExpiresAt: null });
  });

  it('finds a credential again by its hash, apart for each provider', () => {
    const row = mapper.toRow(connection());
    expect(row.credentialLookup).toBe(mapper.credentialLookup('tink', new Opened(CREDENTIAL_ID)));
    expect(row.credentialLookup).not.toBe(mapper.credentialLookup('flinks', new Opened(CREDENTIAL_ID)));
    expect(row.credentialLookup).not.toBe(mapper.credentialLookup('tink', new Opened('other')));
  });

  it('puts no secret in clear into any column', () => {
    const planted = fc.uuid().map((id) => `planted-${id}`);
    fc.assert(
      fc.property(planted, planted, planted, planted, (credential, session, url, answer) => {
        const challenges: Connection['challenge'][] = [
          { kind: 'follow_redirect', expiresAt: null, url },
          { kind: 'submit_information', expiresAt: null, fields: [field({ value: answer, label: url })] },
          null,
        ];
        for (const challenge of challenges) {
          const record = connection({
            credentialId: new Opened(credential),
            sessionRef: new Opened(session),
            challenge,
          });
          for (const row of [mapper.toRow(record), mapper.toChanges(record)]) {
            const text = JSON.stringify(row);
            expect(text).not.toContain('planted');
            for (const secret of [credential, session, url, answer]) {
              expect(text).not.toContain(Buffer.from(secret).toString('base64url').slice(4, 40));
              expect(text).not.toContain(Buffer.from(secret).toString('hex'));
            }
          }
        }
      }),
    );
  });

  describe('seals into the row', () => {
    const row = mapper.toRow(full);

    it('so that a ciphertext of another row does not open', () => {
      const moved = stored({ ...mapper.toRow(connection()), id: '0199aaaa-0000-7000-8000-00000000000f' });
      expect(() => mapper.toConnection(moved).credentialId?.reveal(WHY)).toThrow(UnsealError);
      expect(() => mapper.toConnection(stored({ ...row, id: moved.id }))).toThrow(UnsealError);
    });

    it('so that a credential does not open as a question', () => {
      expect(() => mapper.toConnection(stored({ ...row, challengeSealed: row.credentialSealed }))).toThrow(UnsealError);
    });

    it('opens the credential only when it is asked for', () => {
      const broken = stored({ ...mapper.toRow(connection()), credentialSealed: row.challengeSealed });
      const record = mapper.toConnection(broken);
      expect(record.institutionName).toBe('Demo Bank');
      expect(() => record.credentialId?.reveal(WHY)).toThrow(UnsealError);
    });
  });

  describe('changes', () => {
    it('leave the credential, its hash, the fence and the id alone', () => {
      const changes = mapper.toChanges(mapper.toConnection(stored(mapper.toRow(full))));
      for (const column of ['id', 'fence', 'credentialSealed', 'credentialLookup', 'sessionSealed']) {
        expect(changes).not.toHaveProperty(column);
      }
      expect(changes).toMatchObject({ state: 'awaiting_user', version: 9, degradedGroups: ['loans'] });
    });

    it('seal a credential and a handle that the observation brought', () => {
      const known = mapper.toConnection(stored(mapper.toRow(full)));
      const changed = { ...known, credentialId: new Opened('new-id'), sessionRef: new Opened('new-session') };
      const again = mapper.toConnection(stored({ ...mapper.toRow(full), ...mapper.toChanges(changed) }));
      expect(plain(again)).toEqual(plain(changed));
      expect(mapper.toChanges(changed).credentialLookup).toBe(mapper.credentialLookup('tink', new Opened('new-id')));
    });

    it('leave the work columns to the repository', () => {
      for (const column of ['observedAt', 'leaseUntil', 'leaseOwner']) {
        expect(mapper.toChanges(full)).not.toHaveProperty(column);
      }
    });

    it('empty the credential of a deleted connection', () => {
      expect(mapper.toChanges(connection({ credentialId: null, fingerprint: null }))).toMatchObject({
        credentialSealed: null,
        credentialLookup: null,
        fingerprint: null,
      });
    });

    it('empty a question that is over', () => {
      expect(mapper.toChanges(connection())).toMatchObject({ challengeSealed: null, challengeExpiresAt: null });
    });

    it('applied to the row give the record', () => {
      const row = { ...mapper.toRow(connection()), ...mapper.toChanges(full), fence: full.fence };
      expect(plain(mapper.toConnection(stored(row)))).toEqual(plain(full));
    });
  });
});
