/** Whether a server that answers with this status, not a success, may have done all the same what it was asked for. */
export function mayHaveActed(status: number): boolean {
  return status >= 500 || status === 408;
}

/** Whether a text is so short and plain that it is a code or an id. Anything else could hold what a user typed. */
export function isPlainCode(text: string): boolean {
  return /^[A-Za-z0-9_.:-]{1,80}$/.test(text);
}

/** Whether a token can go into a header: visible ASCII only. */
export function fitsHeader(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}
