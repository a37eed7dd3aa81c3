import type { Challenge } from '../../credentials/challenge.js';
import { Opened } from '../../platform/crypto/opened.js';

type Stored = Omit<Challenge, 'expiresAt' | 'dialogueRef'> & {
  readonly expiresAt: string | null;
  readonly dialogueRef?: string;
};

/** The text that is sealed into the row. */
export function encodeChallenge(challenge: Challenge): Opened {
  const { expiresAt, dialogueRef, ...rest } = challenge;
  const stored: Stored = {
    ...rest,
    expiresAt: expiresAt?.toISOString() ?? null,
    ...(dialogueRef === undefined ? {} : { dialogueRef: dialogueRef.reveal('to seal it into the row') }),
  };
  return new Opened(JSON.stringify(stored));
}

export function decodeChallenge(text: Opened): Challenge {
  const { expiresAt, dialogueRef, ...rest } = JSON.parse(text.reveal('to show the open question')) as Stored;
  return {
    ...rest,
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    ...(dialogueRef === undefined ? {} : { dialogueRef: new Opened(dialogueRef) }),
  } as Challenge;
}
