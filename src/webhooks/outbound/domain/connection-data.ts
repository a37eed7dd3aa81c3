import type { ConnectionBody } from '../../../connections/connection-body.js';
import type { NewConnectionEvent } from '../../../connections/domain/connection-event.js';
import type { NextAction } from '../../../connections/domain/next-action.js';
import { toldAction } from '../../../connections/domain/told-action.js';

/**
 * An event lies in the database in the clear for weeks, and travels. What the bank asks stays at home: who acts on the
 * event reads the connection.
 * @param event the change that the event tells of; `null` = only the question to the user changed.
 */
export function connectionData(body: ConnectionBody, event: NewConnectionEvent | null): Record<string, unknown> {
  const connection = { ...body, nextAction: toldAction(body.nextAction) };
  return event ? { connection, from: event.from, to: event.to, cause: event.cause } : { connection };
}

/**
 * What the user is asked, as a text to compare; `null` = the user is not asked. Deadlines, addresses and pictures are
 * renewed at every reading and are no new question.
 */
export function askedOfUser({ by, kind, message, fields, linkSession }: NextAction): string | null {
  if (by !== 'user') return null;
  const questions = fields?.map(({ name, label, type, options }) => [
    name,
    label,
    type,
    options?.map((option) => [option.value, option.label]),
  ]);
  return JSON.stringify([kind, message, questions, linkSession?.purpose]);
}
