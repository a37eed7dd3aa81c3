import type { LinkReturn } from '../../credentials/link-flow.js';
import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { jsonIn, parsed } from '../../platform/http/json-shape.js';

/** What a visit of the hosted Link must remember between two calls; sealed by the caller. */
export interface VisitNotes {
  /** Epoch milliseconds; credentials made before are not of this visit. */
  readonly begunAt: number;
  /** With which bank it began. */
  readonly bank?: string;
  /** A code that is still to be exchanged. */
  readonly code?: string;
  /** The last try had an unknown outcome. */
  readonly uncertain?: true;
  /** The exchange is done, the credential could not be read yet. */
  readonly credentialsToken?: string;
}

export function handleOf(notes: VisitNotes): SecretValue {
  return new Opened(JSON.stringify(notes));
}

/** @returns `undefined` when the visit has no handle of ours. */
export function notesOf({ handle }: Pick<LinkReturn, 'handle'>): VisitNotes | undefined {
  return parsed(jsonIn(handle?.reveal('to go on with the visit') ?? ''), (notes) => {
    const bank = notes.filledText('bank');
    const code = notes.filledText('code');
    const credentialsToken = notes.filledText('credentialsToken');
    return {
      begunAt: notes.number('begunAt'),
      ...(bank !== null && { bank }),
      ...(code !== null && { code }),
      ...(credentialsToken !== null && { credentialsToken }),
      ...(notes.optionalFlag('uncertain', false) && { uncertain: true }),
    };
  });
}
