import { BODY_VERSION } from './domain/message.js';
import { OUTGOING_EVENTS, type OutgoingEventType } from './outbox.js';

interface Described {
  readonly summary: string;
  readonly data: JsonObject;
}

interface JsonObject {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, object>>;
}

const UUID = { type: 'string', format: 'uuid' };
const OF_CONNECTION: JsonObject = {
  required: ['userId', 'connectionId'],
  properties: { userId: UUID, connectionId: UUID },
};
/** Addresses and questions of the bank in `nextAction` are left out: read the connection. */
const WITH_BODY: JsonObject = {
  required: [...OF_CONNECTION.required, 'connection'],
  properties: {
    ...OF_CONNECTION.properties,
    connection: { $ref: '#/components/schemas/ConnectionResponse' },
    from: { type: ['string', 'null'], description: 'The state before; null for a new connection.' },
    to: { type: 'string', description: 'The state.' },
    cause: { type: 'string' },
  },
};
const WITH_CHANGE: JsonObject = { ...WITH_BODY, required: [...WITH_BODY.required, 'from', 'to', 'cause'] };
const OF_USER: JsonObject = {
  required: OF_CONNECTION.required,
  properties: { userId: UUID, connectionId: { type: 'null' }, receiptId: UUID },
};

const DESCRIBED: Readonly<Record<OutgoingEventType, Described>> = {
  'connection.created': { summary: 'A connection is there', data: WITH_CHANGE },
  'connection.state_changed': { summary: 'A connection is in another state, or for another cause', data: WITH_CHANGE },
  'connection.action_required': {
    summary: 'The user must act, or must do something else than before',
    data: WITH_BODY,
  },
  'connection.consent_expiring': { summary: 'A consent ends soon', data: OF_CONNECTION },
  'connection.data_updated': { summary: 'There is new data', data: OF_CONNECTION },
  'connection.data_stale': { summary: 'The data is older than it should be', data: OF_CONNECTION },
  'connection.deleted': { summary: 'A connection is deleted, at the provider too', data: WITH_CHANGE },
  'user.deleted': { summary: 'A user is deleted', data: OF_USER },
};

/** The body of an event, as JSON Schema. Members may be added; `version` rises when one goes or changes. */
export function eventSchema(type: OutgoingEventType): object {
  return {
    type: 'object',
    required: ['type', 'version', 'timestamp', 'data'],
    properties: {
      type: { const: type },
      version: { const: BODY_VERSION },
      timestamp: { type: 'string', format: 'date-time', description: 'When it happened.' },
      data: { type: 'object', ...DESCRIBED[type].data },
    },
  };
}

/** For the `webhooks` of the OpenAPI document. */
export function documentedEvents(): Record<string, object> {
  return Object.fromEntries(
    OUTGOING_EVENTS.map((type) => {
      const content = { 'application/json': { schema: eventSchema(type) } };
      const { summary } = DESCRIBED[type];
      const responses = { '2XX': { description: 'Taken. Anything else is tried again for 72 hours; 410 ends it.' } };
      const parameters = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
        ...{ name, in: 'header', required: true, schema: { type: 'string' } },
      }));
      return [
        type,
        { post: { summary, tags: ['webhooks'], parameters, requestBody: { required: true, content }, responses } },
      ];
    }),
  );
}
