import { member } from '../../src/sandbox/rest-client.js';
import type { Answer, YearGround } from './year-ground.js';
import type { Person } from './year-people.js';

const MOVING = ['pending', 'authenticating', 'syncing'];
const MOST_ROUNDS = 24;

/** What a user of Flinks' demo bank knows, by what the bank asks. */
const KNOWN: Readonly<Record<string, string>> = {
  'What city were you born in?': 'Montreal',
  'What is the best country on earth?': 'Canada',
  'What shape do people like most?': 'Triangle',
  'Enter the code we sent you.': '123456',
  'Which of these accounts is yours?': 'Chequing',
  'Which of these cities have you lived in?': 'Montréal,Victoria',
};

interface Asked {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly options?: readonly { readonly value: string }[];
}

/** The user does what the bank wants, in seconds, until nothing is asked and nothing moves. */
export async function answerBank(ground: YearGround, person: Person): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const answer = await ground.call('GET', `/v1/connections/${person.connectionId}`);
    const state = member(answer.body, 'state', 'value');
    if (state === 'awaiting_user') await act(ground, person, answer);
    else if (!MOVING.includes(String(state))) return;
    ground.clock.advance(1100);
  }
}

/** Lets the provider finish what it has begun. */
export async function advanceUntilSettled(ground: YearGround, { connectionId }: Person): Promise<void> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { body } = await ground.call('GET', `/v1/connections/${connectionId}`);
    if (!MOVING.includes(String(member(body, 'state', 'value')))) return;
    ground.clock.advance(1100);
  }
}

async function act(ground: YearGround, person: Person, { body }: Answer): Promise<void> {
  const path = `/v1/connections/${person.connectionId}/supplemental-information`;
  if (person.provider === 'flinks') {
    const fields = (member(body, 'nextAction', 'fields') ?? []) as Asked[];
    await ground.call('POST', path, { fields: fields.map((field) => ({ name: field.name, value: right(field) })) });
    return;
  }
  const credential = tinkCredential(ground, person);
  if (credential?.expectedAnswer) await ground.call('POST', path, { fields: credential.expectedAnswer });
  else if (credential?.status.startsWith('AWAITING_')) ground.tink.approve(credential.id);
}

/** Tink's credential of a person; the provider's name of the user is our id. */
export function tinkCredential(ground: YearGround, { userId }: Pick<Person, 'userId'>) {
  const { users, credentials } = ground.tink.state();
  const user = users.find(({ externalUserId }) => externalUserId === userId);
  return credentials.filter((each) => each.userId === user?.id).at(-1);
}

function right({ label, type, options = [] }: Asked): string {
  if (type === 'image') return options.at(-1)?.value ?? '';
  return KNOWN[label] ?? options.find(({ value }) => value.startsWith('Text:'))?.value ?? '';
}
