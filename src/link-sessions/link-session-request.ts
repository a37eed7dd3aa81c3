import type { LinkPurpose } from '../credentials/link-purpose.js';

export interface LinkSessionRequest {
  readonly userId: string;
  readonly provider: string;
  readonly purpose: LinkPurpose;
  readonly institutionId?: string | undefined;
  readonly connectionId?: string | undefined;
  readonly redirectUrl: string;
  readonly locale?: string | undefined;
  readonly reference?: string | undefined;
}
