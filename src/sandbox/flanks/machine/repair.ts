import { createHash } from 'node:crypto';
import type { Challenge } from '../bank/test-bank.js';
import type { Credential, RepairKind } from './credential.js';
import { GROUPS, type Group } from './groups.js';

/** Counts one attempt at the bank. */
export function attempted(credential: Credential, by: 'user' | 'daily', at: number): Credential {
  const { total, [by]: count } = credential.bankAttempts;
  return { ...credential, bankAttempts: { ...credential.bankAttempts, total: total + 1, [by]: count + 1, lastAt: at } };
}

export const blocked = (credential: Credential): Credential =>
  withToken({ ...interrupted(credential), blocked: true }, 'reset');

export const needsSca = (credential: Credential): Credential => withToken(interrupted(credential), 'sca');

export function unblocked(credential: Credential): Credential {
  return { ...credential, blocked: false, tokens: { ...credential.tokens, reset: null } };
}

export function withoutSca(credential: Credential): Credential {
  return { ...credential, tokens: { ...credential.tokens, sca: null } };
}

/** A forced token stays the same until it is used. */
export function forced(credential: Credential, kind: RepairKind): Credential {
  return credential.tokens[kind] === null ? withToken(credential, kind) : credential;
}

/** The user passed the flow of a kind: its token is used up and the data is fetched again. */
export function repaired(
  credential: Credential,
  kind: RepairKind,
  passed: { readonly challenge: Challenge | null; readonly failing: readonly Group[] | null; readonly now: number },
): Credential {
  const { tokens, bankAnswer } = credential;
  const isReset = kind === 'reset';
  return {
    ...credential,
    blocked: isReset ? false : credential.blocked,
    // Who signs in anew has passed the second factor too.
    tokens: { ...tokens, [kind]: null, ...(isReset && { sca: null }) },
    challenge: passed.challenge ?? credential.challenge,
    failing: passed.failing ?? credential.failing,
    authenticatedAt: passed.now,
    bankAnswer: bankAnswer === 'down' ? bankAnswer : 'ok',
    // A first load that still runs fetches everything anyway.
    load: credential.load ?? { startedAt: passed.now },
  };
}

/** A load that ends before its time: the groups that are missing have failed. */
function interrupted(credential: Credential): Credential {
  const { pending, created, errored } = credential;
  if (!pending) return { ...credential, load: null };
  const missing = GROUPS.filter((group) => !created.includes(group));
  return {
    ...credential,
    load: null,
    pending: false,
    created: GROUPS,
    errored: [...new Set([...errored, ...missing])],
  };
}

/** Derived from the secret of the credentials, so that looking twice at the same moment shows the same token. */
function withToken(credential: Credential, kind: RepairKind): Credential {
  const serial = credential.serial + 1;
  const token = createHash('sha256').update(`${credential.token}:${kind}:${serial}`).digest('hex').slice(0, 40);
  return { ...credential, serial, tokens: { ...credential.tokens, [kind]: token } };
}
