import { isLoopback } from '../../config/environment-rules.js';

/** Keys that anybody on the way could exchange prove nothing. */
export function isHttpsOrLoopback(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
