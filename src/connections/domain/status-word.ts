/** A word is short; what is longer is no word, and a provider must not fill our history with it. */
const LONGEST = 100;

export function statusWord(providerStatus: string): string {
  return providerStatus.length > LONGEST ? `${providerStatus.slice(0, LONGEST - 1)}…` : providerStatus;
}
