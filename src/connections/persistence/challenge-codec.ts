import type { Challenge } from '../../credentials/challenge.js';
import { Opened } from '../../platform/crypto/opened.js';

type Stored = Omit<Challenge, 'expiresAt'> & { readonly expiresAt: string | null };

/** The text that is sealed into the row. */
export function encodeChallenge({ expiresAt, ...rest }: Challenge): Opened {
  const stored: Stored = { ...rest, expiresAt: expiresAt?.toISOString() ?? null };
  return new Opened(JSON.stringify(stored));
}

export function decodeChallenge(text: Opened): Challenge {
  const { expiresAt, ...rest } = JSON.parse(text.reveal('to show the open question')) as Stored;
  return { ...rest, expiresAt: expiresAt === null ? null : new Date(expiresAt) } as Challenge;
}
