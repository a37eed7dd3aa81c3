import { Injectable } from '@nestjs/common';

import { Opened } from '../platform/crypto/opened.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ConnectionLifecycle } from './connection-lifecycle.js';
import type { Challenge, SubmitInformation } from '../credentials/challenge.js';
import type { QrImage } from '../credentials/credentials.service.js';
import { credentialRefOf } from './credential-ref.js';
import type { Connection } from './domain/connection.js';
import { checkAnswers, type Answer } from './domain/field-answers.js';
import type { Origin } from './origin.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { ReadConnections } from './read-connections.js';

/** The open question of a bank: its picture, and the user's answer. */
@Injectable()
export class AnswerChallenge {
  constructor(
    private readonly read: ReadConnections,
    private readonly providers: ProviderAccess,
    private readonly lifecycle: ConnectionLifecycle,
    private readonly clock: Clock,
  ) {}

  /**
   * Nothing is sent before all answers fit what the bank asks.
   * @throws Failure `challenge.none`, `challenge.expired`, `challenge.unknown_field`, `challenge.invalid_answer`
   */
  async submit(id: string, answers: readonly Answer[], origin: Origin): Promise<Connection> {
    const connection = await this.read.stored(id);
    const challenge = this.openQuestion(connection);
    const problems = checkAnswers(challenge.fields, answers, '/fields');
    if (problems.length > 0) {
      const unknown = problems.some((problem) => problem.kind === 'unknown_field');
      throw new Failure(unknown ? 'challenge.unknown_field' : 'challenge.invalid_answer', {
        detail: 'The answers do not fit what the bank asks. Nothing was sent; the question is still open.',
        violations: problems,
      });
    }
    const { credentials } = this.providers.provider(connection.provider);
    const values = new Map(answers.map((answer) => [answer.name, new Opened(answer.value)]));
    const accepted = valueOf(
      await credentials.submitSupplementalInformation(
        credentialRefOf(connection),
        challenge,
        values,
        this.providers.call(),
      ),
    );
    return (await this.lifecycle.apply(id, accepted, origin)).connection;
  }

  /** @throws Failure `challenge.no_picture` when no code waits to be scanned */
  async picture(id: string): Promise<QrImage> {
    const connection = await this.read.stored(id);
    const challenge = this.unexpired(connection);
    if (challenge?.kind !== 'scan_qr') throw new Failure('challenge.no_picture');
    const { credentials } = this.providers.provider(connection.provider);
    const result = await credentials.qr(credentialRefOf(connection), this.providers.call());
    if (!result.ok && result.failure.code === 'challenge.none') throw new Failure('challenge.no_picture');
    return valueOf(result);
  }

  private openQuestion(connection: Connection): SubmitInformation {
    const challenge = this.unexpired(connection);
    if (challenge?.kind !== 'submit_information') {
      throw new Failure('challenge.none', { detail: 'The bank does not ask the user for anything right now.' });
    }
    return challenge;
  }

  private unexpired({ challenge }: Connection): Challenge | null {
    if (challenge?.expiresAt && challenge.expiresAt <= this.clock.now()) {
      throw new Failure('challenge.expired', { detail: 'The time to answer is over. Start again with authenticate.' });
    }
    return challenge;
  }
}
