import type { Capabilities } from '../../credentials/capabilities.js';
import type { Connection } from './connection.js';
import type { ConnectionEvent } from './connection-event.js';
import { nextAction, type NextAction } from './next-action.js';

/** What happened to a connection, on what evidence, and what comes next. */
export interface Explanation {
  /** Two or three plain sentences. */
  readonly summary: string;
  readonly nextAction: NextAction;
  /** When Mooring itself looks at the provider again. `null` = only when somebody acts. */
  readonly mooringLooksAgainAt: Date | null;
  /** The newest events, oldest first, each as a sentence with its data. */
  readonly story: readonly { readonly text: string; readonly event: ConnectionEvent }[];
}

export function explain(
  connection: Connection,
  events: readonly ConnectionEvent[],
  capabilities: Pick<Capabilities, 'authenticate' | 'replaceLogin' | 'connect'>,
  now: Date,
): Explanation {
  const action = nextAction(connection, capabilities, now);
  const looks = connection.nextWatchAt;
  const since = connection.stateSince.toISOString();
  const why = connection.cause === 'none' ? '' : ` (${words(connection.cause)})`;
  const sentences = [
    `The connection is ${words(connection.state)}${why} since ${since}; the provider calls it ${connection.providerStatus}.`,
    `${action.message} Who acts: ${action.by}.`,
    ...(looks === null ? [] : [`Mooring reads the provider again at ${looks.toISOString()}.`]),
  ];
  return {
    summary: sentences.join(' '),
    nextAction: action,
    mooringLooksAgainAt: looks,
    story: events.map((event) => ({ text: sentence(event), event })),
  };
}

function sentence(event: ConnectionEvent): string {
  const step = event.from === null ? `Created as ${words(event.to)}` : `${words(event.from)} → ${words(event.to)}`;
  const cause = event.cause === 'none' ? '' : `, because of ${words(event.cause)}`;
  const note = event.evidence.note === undefined ? '' : `; ${event.evidence.note}`;
  const word =
    event.evidence.providerStatus === undefined ? '' : `; the provider said ${event.evidence.providerStatus}`;
  return `${event.at.toISOString()}: ${step}${cause}. Through ${event.trigger} by ${event.actor}${word}${note}.`;
}

function words(code: string): string {
  return code.replaceAll('_', ' ');
}
