import { Injectable } from '@nestjs/common';

import { DeleteProviderUsers, type Unanswered } from './delete-provider-users.js';
import { RetireOfUser } from './retire-of-user.js';

/** What providers have of a user beside the connections: the user, and credentials that no connection has. */
@Injectable()
export class LeaveProviders {
  constructor(
    private readonly providerUsers: DeleteProviderUsers,
    private readonly formers: RetireOfUser,
  ) {}

  /** Safe to repeat. @returns users that are left; the burial finds out about credentials. */
  async run(userId: string): Promise<Unanswered> {
    const left = await this.providerUsers.run(userId);
    // With a provider's user, all that it had is gone.
    await this.formers.run(userId);
    return left;
  }
}
