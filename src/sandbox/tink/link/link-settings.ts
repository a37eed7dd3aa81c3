import type { LinkError, LinkSpelling } from './link-return.js';
import { LinkBook } from './link-visit.js';

/** The switches of Tink Link, and the visits that go on. */
export class LinkSettings {
  readonly book = new LinkBook();
  spelling: LinkSpelling = 'credentials_id';
  /** The user is sent back as soon as the bank let the login in, before the data is there. */
  earlyRedirect = false;
  /** Ends the visit whose page is shown next. */
  nextError: LinkError | null = null;

  reset(): void {
    this.book.clear();
    this.spelling = 'credentials_id';
    this.earlyRedirect = false;
    this.nextError = null;
  }
}
