import type { SecretValue } from '../../credentials/secret-value.js';
import { Opened } from '../../platform/crypto/opened.js';
import { jsonIn, parsed, type Shape } from '../../platform/http/json-shape.js';
import { dataGroup, type DataGroup } from './flinks.types.js';

/**
 * - `authorize` Flinks logs in in the background: ask AuthorizeAsync
 * - `answer` the user is asked
 * - `start` authorised: the data call is to be made
 * - `poll` the data call was answered with 202: ask its Async twin
 */
const STEPS = ['authorize', 'answer', 'start', 'poll'] as const;
export type SessionStep = (typeof STEPS)[number];

/** One RequestId with all that must survive between two of our calls. Travels as `sessionRef`. */
export interface FlinksSession {
  readonly requestId: string;
  /** Bound to the RequestId by its first use; every answer must bring it again. `null` = the instance wants none. */
  readonly token: string | null;
  readonly step: SessionStep;
  /** Through AuthorizeAsync. */
  readonly async: boolean;
  /** Somebody is there to answer. */
  readonly attended: boolean;
  readonly group: DataGroup;
  /** Prompts of TextOrCall, whose answers have another key. */
  readonly phonePrompts: readonly string[];
}

export function sessionText(session: FlinksSession): Opened {
  return new Opened(JSON.stringify(session));
}

/** @returns `undefined` without a session, and for a text that this adapter did not write. */
export function sessionOf(ref: SecretValue | undefined): FlinksSession | undefined {
  return ref && parsed(jsonIn(ref.reveal('to go on with the session at Flinks')), readSession);
}

function readSession(body: Shape): FlinksSession {
  const step = STEPS.find((each) => each === body.optionalText('step'));
  const group = dataGroup(body.text('group'));
  if (!step || !group) body.refuse('step');
  return {
    requestId: body.text('requestId'),
    token: body.optionalText('token'),
    step,
    group,
    async: body.optionalFlag('async', false),
    attended: body.optionalFlag('attended', false),
    phonePrompts: body.optionalTextList('phonePrompts'),
  };
}
