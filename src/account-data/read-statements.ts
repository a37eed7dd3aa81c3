import { Injectable } from '@nestjs/common';

import type { AccountStatements, DataNotReady } from '../credentials/account-data.js';
import type { CallContext } from '../credentials/call-context.js';
import type { ProviderFailure } from '../credentials/failure.js';
import type { Result } from '../credentials/result.js';
import type { SecretValue } from '../credentials/secret-value.js';
import { credentialRefOf } from '../connections/credential-ref.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { StatementRepository, type ListedStatement, type OpenCall } from './persistence/statement.repository.js';
import { ReadAccountData } from './read-account-data.js';

/** A provider forgets what nobody asked for: older cursors are not sent. */
const CURSOR_LIFE_MS = 30 * 60_000;
const MAX_LISTED = 2_000;

type Asked<T> = Result<T | DataNotReady, ProviderFailure>;

export interface StatementFile {
  readonly name: string;
  readonly pdf: Uint8Array;
}

/** Account statements, read at the provider when somebody wants them. Only their names and ids are kept here. */
@Injectable()
export class ReadStatements {
  constructor(
    private readonly read: ReadAccountData,
    private readonly providers: ProviderAccess,
    private readonly statements: StatementRepository,
    private readonly clock: Clock,
  ) {}

  /** Newest first. @throws Failure `connection.not_found`, `capability_unsupported`, `data.not_ready`, the provider's */
  async list(connectionId: string): Promise<readonly ListedStatement[]> {
    const { port, ref } = await this.portOf(connectionId);
    const { statements } = await this.asked(connectionId, 'list', async (cursor, call) => port.list(ref, cursor, call));
    return this.statements.keep(connectionId, statements.slice(0, MAX_LISTED));
  }

  /** @throws Failure as `list`, and `statement.not_found` */
  async document(connectionId: string, statementId: string): Promise<StatementFile> {
    const { port, ref } = await this.portOf(connectionId);
    const found = await this.statements.find(connectionId, statementId);
    if (!found) throw new Failure('statement.not_found', { detail: 'List the statements first: this one is unknown.' });
    const { document } = await this.asked(connectionId, statementId, async (cursor, call) =>
      port.document(ref, found.vendorId, cursor, call),
    );
    return { name: found.name, pdf: document.pdf };
  }

  private async portOf(connectionId: string) {
    const connection = await this.read.connection(connectionId);
    const port: AccountStatements | undefined = this.providers.provider(connection.provider).statements;
    if (!port) {
      throw new Failure('capability_unsupported', { detail: 'The provider of this connection has no statements.' });
    }
    return { port, ref: credentialRefOf(connection) };
  }

  /** Keeps the cursor of a call that is not ready, for whoever asks next. */
  private async asked<T extends { readonly kind: string }>(
    connectionId: string,
    subject: string,
    call: (cursor: SecretValue | null, context: CallContext) => Promise<Asked<T>>,
  ): Promise<T> {
    const open = await this.statements.openCall(connectionId, subject);
    const now = this.clock.now().getTime();
    if (open && open.retryAt.getTime() > now) throw notReady(open);
    const isFresh = open !== null && open.retryAt.getTime() + CURSOR_LIFE_MS > now;
    const result = await call(isFresh ? open.cursor : null, this.providers.call());
    if (result.ok && isNotReady(result.value)) {
      await this.statements.keepCall(connectionId, subject, result.value);
      throw notReady(result.value);
    }
    if (open) await this.statements.endCall(connectionId, subject);
    return valueOf(result as Result<T, ProviderFailure>);
  }
}

function isNotReady(value: { readonly kind: string }): value is DataNotReady {
  return value.kind === 'not_ready';
}

function notReady({ retryAt }: OpenCall): Failure {
  return new Failure('data.not_ready', { detail: 'The provider is still collecting; ask again later.', retryAt });
}
