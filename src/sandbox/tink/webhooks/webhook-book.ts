export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly disabled: boolean;
  readonly enabledEvents: readonly string[];
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly secret: string;
}

/** Up to where the events of a credential were told. */
export interface Mark {
  readonly statusUpdated: number;
  readonly dataAsOf: number | null;
  readonly mints: number;
}

export interface WebhookBookState {
  readonly endpoints: readonly WebhookEndpoint[];
  readonly marks: readonly (readonly [credentialsId: string, Mark])[];
}

/** What is kept of webhooks over a restart. Deliveries are not: the vendor's are best effort too. */
export class WebhookBook {
  readonly endpoints = new Map<string, WebhookEndpoint>();
  marks = new Map<string, Mark>();

  save(): WebhookBookState {
    return { endpoints: [...this.endpoints.values()], marks: [...this.marks] };
  }

  load({ endpoints, marks }: WebhookBookState): void {
    for (const endpoint of endpoints) this.endpoints.set(endpoint.id, endpoint);
    this.marks = new Map(marks);
  }

  clear(): void {
    this.endpoints.clear();
    this.marks.clear();
  }
}
