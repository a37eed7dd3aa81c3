/** How a value is asked for and shown. `info` is text to display, it takes no answer. */
export const FIELD_TYPES = [
  'text',
  'numeric',
  'masked',
  'select',
  'multi_select',
  'image',
  'checkbox',
  'info',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export interface FieldOption {
  /** What is sent back. */
  readonly value: string;
  readonly label: string;
  /** A data URL or https URL. */
  readonly image?: string;
}

/** One thing that a bank asks of a user: at login (institution directory) or in a challenge. */
export interface Field {
  /** The key of the answer; the provider's own name. */
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  readonly required: boolean;
  /** The answer must not be shown while typed, stored in clear, or logged. */
  readonly masked: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression in the provider's words; the whole value must match. */
  readonly pattern?: string;
  readonly patternError?: string;
  readonly hint?: string;
  readonly helpText?: string;
  /** What `info` shows, or a value to start from. */
  readonly value?: string;
  /** The choices of `select`, `multi_select` and `image`. */
  readonly options?: readonly FieldOption[];
}
