import { randomUUID } from 'node:crypto';

/** The app that Tink Link is to the vendor's own OAuth server: the actor of delegated codes. */
export const LINK_ACTOR = 'df05e4b379934cd09963197cc855bfe9';

/** What a visit is for. `add` makes credentials, the others need them. */
export type LinkPurpose = 'add' | 'update-consent' | 'extend-consent' | 'refresh' | 'authenticate';

export interface LinkVisit {
  /** Unguessable: whoever has it is the user. */
  readonly id: string;
  readonly purpose: LinkPurpose;
  readonly userId: string;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly market: string;
  /** Demo banks are shown. */
  readonly test: boolean;
  readonly username: string | null;
  readonly providerName: string | null;
  readonly credentialsId: string | null;
  /** The bank was asked at least once in this visit. */
  readonly started: boolean;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const VISIT_MS = 30 * 60_000;
const MAX_VISITS = 1000;

/** Visits that are going on. They live in memory: a restart ends them, as closing the browser does. */
export class LinkBook {
  private readonly visits = new Map<string, LinkVisit>();

  open(visit: Omit<LinkVisit, 'id' | 'expiresAt'>, now: number): LinkVisit {
    const opened = { ...visit, id: randomUUID(), expiresAt: now + VISIT_MS };
    const [oldest] = this.visits.keys();
    if (this.visits.size >= MAX_VISITS && oldest !== undefined) this.visits.delete(oldest);
    return this.put(opened);
  }

  find(id: string, now: number): LinkVisit | null {
    const visit = this.visits.get(id);
    return visit && now < visit.expiresAt ? visit : null;
  }

  put(visit: LinkVisit): LinkVisit {
    this.visits.set(visit.id, visit);
    return visit;
  }

  close({ id }: LinkVisit): void {
    this.visits.delete(id);
  }

  clear(): void {
    this.visits.clear();
  }
}
