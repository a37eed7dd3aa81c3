import type { Socket } from 'node:net';

import type { PGlite } from '@electric-sql/pglite';

import { FrontendMessages } from './frontend-messages.js';
import type { SessionTurns } from './session-turns.js';

const SYNC = Buffer.from([0x53, 0, 0, 0, 4]);
/** After Sync, Query or FunctionCall the server says that it is ready for the next statement. */
const ENDS_STATEMENT = /[SQF]$/;

/**
 * One client of the embedded database. It has the session from the first message of a statement until the server is
 * ready again and no transaction is open, so that statements and transactions of several clients never mix.
 */
export class EmbeddedConnection {
  private readonly messages = new FrontendMessages();
  private started = false;
  private holding = false;
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: Socket,
    private readonly database: PGlite,
    private readonly turns: SessionTurns,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.messages.push(bytes);
      this.inOrder(() => this.serve());
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.inOrder(() => this.leave());
    });
  }

  /** Resolves when nothing of this client is under way any more. */
  async close(): Promise<void> {
    this.socket.destroy();
    await this.work;
  }

  private inOrder(step: () => Promise<void>): void {
    this.work = this.work.then(step).catch(() => {
      this.socket.destroy();
    });
  }

  private async serve(): Promise<void> {
    while (!this.started && !this.socket.destroyed) {
      const opening = this.messages.opening();
      if (!opening) return;
      await this.open(opening);
    }
    if (this.socket.destroyed) return;
    const { types, bytes, terminated } = this.messages.typed();
    if (types !== '') await this.execute(bytes, ENDS_STATEMENT.test(types));
    // The session is everybody's: one client's goodbye must not reach it.
    if (terminated) this.socket.end();
  }

  private async open({ kind, bytes }: NonNullable<ReturnType<FrontendMessages['opening']>>): Promise<void> {
    if (kind === 'encryption') this.socket.write('N');
    else if (kind === 'cancel') this.socket.destroy();
    else {
      this.started = true;
      await this.execute(bytes, true);
    }
  }

  private async execute(bytes: Buffer, endsStatement: boolean): Promise<void> {
    if (!this.holding) await this.turns.take();
    this.holding = true;
    if (this.socket.destroyed) return;
    await this.run(bytes, (answer) => {
      if (this.socket.writable) this.socket.write(Buffer.from(answer));
    });
    if (endsStatement && !this.database.isInTransaction()) this.release();
  }

  /** A client that is gone in the middle leaves no half statement and no open transaction behind. */
  private async leave(): Promise<void> {
    if (!this.holding) return;
    try {
      await this.run(SYNC, () => undefined);
      if (this.database.isInTransaction()) await this.database.exec('ROLLBACK');
    } finally {
      this.release();
    }
  }

  private async run(bytes: Buffer, onRawData: (answer: Uint8Array) => void): Promise<void> {
    await this.database.runExclusive(() => this.database.execProtocolRawStream(new Uint8Array(bytes), { onRawData }));
  }

  private release(): void {
    this.holding = false;
    this.turns.give();
  }
}
