/**
 * Text that must not be shown: a vendor's id, a login, an answer to a challenge.
 * It prints as a placeholder; `reveal` is the only way to the text. `platform/crypto/opened` implements it.
 */
export interface SecretValue {
  /** @param reason a constant phrase that says why the text is needed, for the reader of the code. */
  reveal(reason: string): string;
}
