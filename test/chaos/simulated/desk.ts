import type { SharedControl } from '../../../src/sandbox/simulator/control-desk.js';

export const PROVIDERS = ['tink', 'flanks', 'flinks'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** A credential that is wanted at the provider. */
export interface Order {
  /** Our id of the user. */
  readonly userId: string;
  /** Names the bank login; no two are the same. */
  readonly key: string;
}

/** What Mooring's row of it needs. */
export interface Seeded {
  readonly userId: string;
  readonly credentialId: string;
  readonly institutionId: string;
  readonly institutionName: string;
}

/** The provider's truth about one credential. */
export interface Truth {
  readonly credentialId: string;
  /** In our words, without looking at what Mooring made of it. */
  readonly state: string;
  /** The provider's own word. */
  readonly word: string;
  /** Epoch milliseconds; `null` = no data yet. */
  readonly dataAsOf: number | null;
}

/** All transactions of one credential, in hundredths over all currencies. */
export interface Sum {
  readonly count: number;
  readonly hundredths: number;
}

/** What happens at banks between two looks. */
export type Mishap = 'wrong-login' | 'sca' | 'bank-down';

/** One simulator, as the process that runs it sees it. */
export interface Desk {
  readonly control: SharedControl;
  /** For Mooring's environment. */
  readonly env: Readonly<Record<string, string>>;
  seed(orders: readonly Order[]): Promise<readonly Seeded[]>;
  truth(): readonly Truth[];
  total(credentialId: string): Sum;
  /** The next contact with the bank of this credential ends so. */
  befall(credentialId: string, mishap: Mishap): void;
  /** How often somebody asked for two refreshes of a credential at once: 1 = never, 0 = nobody asked at all. */
  overlap(): number;
  /** Contacts with the bank for a login, where the simulator counts them by login. */
  attempts(username: string): number;
  clearAttempts(): void;
  close(): Promise<void>;
}

export interface DeskOptions {
  readonly stepMs: number;
}

/** `-12.50` = -1250. */
export function hundredths(decimal: string): number {
  return Math.round(Number(decimal) * 100);
}

/** So many at a time. */
export async function inTurns<T, R>(items: readonly T[], places: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const place = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: places }, place));
  return results;
}

/** @throws when the simulator refuses. */
export async function ask(url: string, init: RequestInit): Promise<Record<string, unknown>> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  if (response.status >= 400) throw new Error(`${url}: ${String(response.status)} ${text.slice(0, 200)}`);
  const location = response.headers.get('location');
  if (location !== null) return { location };
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
}
