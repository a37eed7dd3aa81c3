import { Injectable } from '@nestjs/common';

import { Opened } from '../platform/crypto/opened.js';
import { Failure } from '../platform/errors/failure.js';
import { Clock } from '../platform/time/clock.js';
import { ClaimedCall, type Claim } from './claimed-call.js';
import type { Challenge, SubmitInformation } from '../credentials/challenge.js';
import type { QrImage } from '../credentials/credentials.service.js';
import { credentialRefOf } from './credential-ref.js';
import type { Connection } from './domain/connection.js';
import { checkAnswers, type Answer } from './domain/field-answers.js';
import type { Origin } from './origin.js';
import { ProviderAccess } from '../providers/registry/provider-access.js';
import { valueOf } from '../providers/registry/provider-failures.js';
import { ReadConnections } from './read-connections.js';

const TIME_IS_OVER = 'The time to answer is over. Start again with authenticate.';

/** The open question of a bank: its picture, and the user's answer. */
@Injectable()
export class AnswerChallenge {
  constructor(
    private readonly read: ReadConnections,
    private readonly providers: ProviderAccess,
    private readonly claims: ClaimedCall,
    private readonly clock: Clock,
  ) {}

  /**
   * Nothing is sent before all answers fit what the bank asks.
   * @throws Failure `capability_unsupported`, `challenge.none`, `challenge.expired`, `challenge.unknown_field`, `challenge.invalid_answer`, `connection.busy`
   */
  async submit(id: string, answers: readonly Answer[], origin: Origin): Promise<Connection> {
    const connection = await this.read.stored(id);
    const { name, credentials } = this.providers.provider(connection.provider);
    if (!credentials.capabilities.supplementalInformation) {
      throw new Failure('capability_unsupported', {
        detail: `${name} asks the user on its own page only. Create a link session where the next action says so.`,
        members: { instead: '/v1/link-sessions' },
      });
    }
    this.check(connection, answers);
    const after = await this.claims.run(id, origin, async (claim) => this.send(claim, answers, origin));
    if (after) return after;
    throw new Failure('connection.busy', { detail: 'An answer is on its way to the bank already.' });
  }

  private async send(claim: Claim, answers: readonly Answer[], origin: Origin): Promise<Connection> {
    const { connection } = claim;
    // The question may have been answered between the first look and the claim.
    const challenge = this.check(connection, answers);
    const { credentials } = this.providers.provider(connection.provider);
    const values = new Map(answers.map((answer) => [answer.name, new Opened(answer.value)]));
    const ref = credentialRefOf(connection);
    const call = await this.providers.callFor(connection.userId);
    const result = await credentials.submitSupplementalInformation(ref, challenge, values, call);
    return this.claims.conclude(claim, result, origin);
  }

  /** @throws Failure `challenge.no_picture` when no code waits to be scanned (any more), `capability_unsupported` where none ever does */
  async picture(id: string): Promise<QrImage> {
    const connection = await this.read.stored(id);
    const { credentials } = this.providers.provider(connection.provider);
    // A provider without codes answers without a call, and says what to do instead.
    if (!credentials.capabilities.qr)
      return valueOf(await credentials.qr(credentialRefOf(connection), this.providers.call()));
    const { challenge } = connection;
    if (challenge?.kind !== 'scan_qr') throw new Failure('challenge.no_picture');
    if (this.isOver(challenge)) throw new Failure('challenge.no_picture', { detail: TIME_IS_OVER });
    const result = await credentials.qr(credentialRefOf(connection), this.providers.call());
    if (!result.ok && result.failure.code === 'challenge.none') throw new Failure('challenge.no_picture');
    return valueOf(result);
  }

  private check(connection: Connection, answers: readonly Answer[]): SubmitInformation {
    const challenge = this.openQuestion(connection);
    const problems = checkAnswers(challenge.fields, answers, '/fields');
    if (problems.length === 0) return challenge;
    const unknown = problems.some((problem) => problem.kind === 'unknown_field');
    throw new Failure(unknown ? 'challenge.unknown_field' : 'challenge.invalid_answer', {
      detail: 'The answers do not fit what the bank asks. Nothing was sent; the question is still open.',
      violations: problems,
    });
  }

  private openQuestion(connection: Connection): SubmitInformation {
    const challenge = this.unexpired(connection);
    if (challenge?.kind !== 'submit_information') {
      throw new Failure('challenge.none', { detail: 'The bank does not ask the user for anything right now.' });
    }
    return challenge;
  }

  private unexpired({ challenge }: Connection): Challenge | null {
    if (challenge && this.isOver(challenge)) throw new Failure('challenge.expired', { detail: TIME_IS_OVER });
    return challenge;
  }

  private isOver({ expiresAt }: Challenge): boolean {
    return expiresAt !== null && expiresAt <= this.clock.now();
  }
}
