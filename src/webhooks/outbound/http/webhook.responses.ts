import { ApiProperty } from '@nestjs/swagger';

import type { Attempt } from '../attempt-delivery.js';
import { DELIVERY_STATUSES, type Delivery, type DeliveryStatus } from '../domain/delivery.js';
import { DISABLED_REASONS, type DisabledReason, type WebhookEndpoint } from '../domain/endpoint.js';
import { OUTGOING_EVENTS, type OutgoingEventType } from '../outbox.js';

export class WebhookEndpointResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'https://app.example.com/hooks/mooring' })
  url!: string;

  @ApiProperty({ enum: OUTGOING_EVENTS, isArray: true, description: 'Empty: all.' })
  events!: OutgoingEventType[];

  @ApiProperty({ type: String, nullable: true, format: 'uuid' })
  userId!: string | null;

  @ApiProperty({ type: String, nullable: true })
  description!: string | null;

  @ApiProperty()
  enabled!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    enum: DISABLED_REASONS,
    description: 'gone: your server answered 410. operator: ask who runs Mooring. owner: you did.',
  })
  disabledReason!: DisabledReason | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  disabledAt!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: 'Since when nothing is taken.' })
  failingSince!: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: 'The old secret signs until then.' })
  previousSecretUntil!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time' })
  updatedAt!: string;
}

export class WebhookEndpointWithSecretResponse extends WebhookEndpointResponse {
  @ApiProperty({ example: 'whsec_…', description: 'Signs what is sent. Shown only in this answer.' })
  secret!: string;
}

export class WebhookEndpointPageResponse {
  @ApiProperty({ type: [WebhookEndpointResponse] })
  data!: WebhookEndpointResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export class TestResultResponse {
  @ApiProperty({ format: 'uuid', description: 'The `webhook-id` that was sent.' })
  eventId!: string;

  @ApiProperty()
  delivered!: boolean;

  @ApiProperty({ type: Number, nullable: true, description: 'HTTP status of your server.' })
  status!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'timeout' })
  error!: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The beginning of the answer.' })
  responseExcerpt!: string | null;

  @ApiProperty()
  durationMs!: number;
}

export class ReplayResponse {
  @ApiProperty({ description: 'Deliveries that start over.' })
  replayed!: number;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', description: 'Go on from here; null: done.' })
  nextFrom!: string | null;
}

export class AttemptResponse {
  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({ type: Number, nullable: true })
  status!: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'http_error' })
  error!: string | null;

  @ApiProperty()
  durationMs!: number;
}

export class WebhookDeliveryResponse {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ format: 'uuid' })
  endpointId!: string;

  @ApiProperty({ format: 'uuid', description: 'The `webhook-id`, the same at every attempt.' })
  eventId!: string;

  @ApiProperty({ enum: OUTGOING_EVENTS })
  type!: OutgoingEventType;

  @ApiProperty({ format: 'uuid' })
  userId!: string;

  @ApiProperty({ type: String, nullable: true, format: 'uuid' })
  connectionId!: string | null;

  @ApiProperty({ enum: DELIVERY_STATUSES })
  status!: DeliveryStatus;

  @ApiProperty()
  attempts!: number;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  nextAttemptAt!: string | null;

  @ApiProperty({ type: Number, nullable: true })
  lastStatus!: number | null;

  @ApiProperty({ type: String, nullable: true })
  lastError!: string | null;

  @ApiProperty({ type: String, nullable: true })
  responseExcerpt!: string | null;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time' })
  deliveredAt!: string | null;
}

export class WebhookDeliveryDetailResponse extends WebhookDeliveryResponse {
  @ApiProperty({ type: [AttemptResponse], description: 'The newest last. One that a crash cut off is missing.' })
  log!: AttemptResponse[];
}

export class WebhookDeliveryPageResponse {
  @ApiProperty({ type: [WebhookDeliveryResponse] })
  data!: WebhookDeliveryResponse[];

  @ApiProperty({ type: String, nullable: true })
  nextCursor!: string | null;
}

export function toEndpointResponse(endpoint: WebhookEndpoint): WebhookEndpointResponse {
  return endpointMembers(endpoint);
}

export function toEndpointWithSecret(endpoint: WebhookEndpoint, secret: string): WebhookEndpointWithSecretResponse {
  return { ...endpointMembers(endpoint), secret };
}

function endpointMembers(endpoint: WebhookEndpoint) {
  const { id, url, events, userId, description, disabledReason, secrets } = endpoint;
  return {
    ...{ id, url, events: [...events], userId, description, enabled: disabledReason === null, disabledReason },
    disabledAt: endpoint.disabledAt?.toISOString() ?? null,
    failingSince: endpoint.failingSince?.toISOString() ?? null,
    previousSecretUntil: secrets.previous?.until.toISOString() ?? null,
    createdAt: endpoint.createdAt.toISOString(),
    updatedAt: endpoint.updatedAt.toISOString(),
  };
}

export function toTestResult({ eventId, verdict, note }: Attempt & { readonly eventId: string }): TestResultResponse {
  const { kind, status, error, excerpt: responseExcerpt } = verdict;
  return { eventId, delivered: kind === 'delivered', status, error, responseExcerpt, durationMs: note.durationMs };
}

export function toDeliveryResponse(delivery: Delivery): WebhookDeliveryResponse {
  return deliveryMembers(delivery);
}

export function toDeliveryDetail(delivery: Delivery): WebhookDeliveryDetailResponse {
  return { ...deliveryMembers(delivery), log: delivery.log.map((note) => ({ ...note })) };
}

function deliveryMembers(delivery: Delivery) {
  const { id, endpointId, eventId, type, userId, connectionId, status, attempts } = delivery;
  const { lastStatus, lastError, responseExcerpt, nextAttemptAt } = delivery;
  return {
    ...{ id, endpointId, eventId, type, userId, connectionId, status, attempts },
    nextAttemptAt: status === 'pending' ? nextAttemptAt.toISOString() : null,
    ...{ lastStatus, lastError, responseExcerpt },
    createdAt: delivery.createdAt.toISOString(),
    deliveredAt: delivery.deliveredAt?.toISOString() ?? null,
  };
}
