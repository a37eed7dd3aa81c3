import { Opened } from '../../platform/crypto/opened.js';
import { credentialIdOf, credentialIdText, type FlinksCredentialId } from './flinks-credential-id.js';

const GUID = '0d9b6a52-4e0b-4c6f-9d57-5a1f4f0c9a11';

describe("ids of Flinks' credentials", () => {
  it.each<FlinksCredentialId>([
    { kind: 'login', loginId: GUID, institution: 'FlinksCapital' },
    { kind: 'request', guid: GUID, institution: 'Caisse : Montréal / 1' },
    { kind: 'refused', guid: GUID, institution: 'FlinksCapital', word: 'INVALID_PASSWORD' },
  ])('come back as they were: $kind', (id) => {
    expect(credentialIdOf({ credentialId: credentialIdText(id) })).toEqual(id);
  });

  it.each([
    ['0'.repeat(32)],
    [GUID],
    [`login:${GUID}`],
    ['login:../x:Bank'],
    [`login:${GUID}:Bank:more`],
    [`refused:${GUID}:Bank`],
    [`login:${GUID}:%E0%A4%A`],
    [`other:${GUID}:Bank`],
  ])('%s is none of them', (text) => {
    expect(credentialIdOf({ credentialId: new Opened(text) })).toBeUndefined();
  });
});
