/** Answered as `{errorMessage, errorCode}`; without a code of its own the status as text, which is the attested style. */
export class TinkError extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
    readonly errorCode = String(statusCode),
  ) {
    super(message);
  }
}

export const badRequest = (message: string): TinkError => new TinkError(400, message);
export const notFound = (what: string): TinkError => new TinkError(404, `${what} not found`);
export const conflict = (message: string): TinkError => new TinkError(409, message);
