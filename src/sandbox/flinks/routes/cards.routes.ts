import type { FastifyInstance } from 'fastify';
import type { AuthorizeDesk } from '../authorize-desk.js';
import { bodyList, bodyOf, flag, invalid, requiredText } from '../body.js';
import { QUESTIONS } from '../data/challenges.js';
import { demoUser } from '../data/demo-users.js';
import { FlinksError } from '../flinks-error.js';
import type { FlinksWorld } from '../flinks-world.js';
import { storeAnswer } from '../machine/answers.js';
import { type Card, isEligible } from '../machine/card.js';
import { timeView } from '../views/session-view.js';
import { BANKING, checkApiKey, checkBearer } from './gate.js';

interface ByLogin {
  Params: { loginId: string };
}

export function cardRoutes(app: FastifyInstance, world: FlinksWorld, desk: AuthorizeDesk): void {
  app.delete<ByLogin>(`${BANKING}/DeleteCard/:loginId`, async (request) => {
    checkApiKey(world, request);
    const { loginId } = request.params;
    world.now();
    const card = world.cards.find(loginId);
    if (!card && world.switches.deleteUnknown === 'text')
      return confirmation(`Invalid LoginId ${loginId.slice(0, 60)}`);
    const found = desk.card(loginId);
    if (desk.isBusy(found)) throw new FlinksError('CARD_IN_USE');
    world.deleteCard(found.loginId);
    return confirmation(`All the information about LoginId ${found.loginId} has been removed`);
  });

  app.patch(`${BANKING}/SetScheduledRefresh`, async (request, reply) => {
    checkApiKey(world, request);
    const body = bodyOf(request.body);
    const [loginId, isActivated] = [requiredText(body, 'LoginId'), flag(body, 'IsActivated', false)];
    world.now();
    const card = world.cards.find(loginId);
    if (!card) throw invalid(`LoginId ${loginId.slice(0, 60)} is invalid.`);
    world.cards.put({ ...card, isScheduledRefresh: isActivated });
    const word = isActivated ? 'activated' : 'deactivated';
    return reply
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(`LoginId ${card.loginId} has been ${word} for automatic refresh`));
  });

  app.get(`${BANKING}/GetNightlyRefreshStatus`, async (request) => {
    checkBearer(world, request);
    const now = world.now();
    const { nightlyNeedsCachedCall } = world.switches;
    const left = world.cards
      .all()
      .filter((card) => card.isScheduledRefresh && !isEligible(card, now, nightlyNeedsCachedCall));
    return { HttpStatusCode: 200, IneligibleCards: left.map(ineligibleView) };
  });
}

/** The store of answers for refreshes with nobody present. */
export function questionRoutes(app: FastifyInstance, world: FlinksWorld, desk: AuthorizeDesk): void {
  app.get<ByLogin>(`${BANKING}/GetMFAQuestions/:loginId`, async (request) => {
    checkApiKey(world, request);
    const prompts = promptsOf(desk.card(request.params.loginId));
    return { Message: 'SUCCESS', Questions: prompts.map((prompt) => ({ Question: prompt })) };
  });

  app.patch(`${BANKING}/AnswerMFAQuestions`, async (request) => {
    checkApiKey(world, request);
    const body = bodyOf(request.body);
    const card = desk.card(requiredText(body, 'LoginId'));
    const prompts = promptsOf(card);
    const given = bodyList(body, 'Questions').map((item) => {
      const question = requiredText(item, 'Question');
      if (!prompts.includes(question)) throw new FlinksError('UNKNOWN_CHALLENGE_KEY');
      return [question, storeAnswer(requiredText(item, 'Answer'))] as const;
    });
    world.cards.put({ ...card, storedAnswers: { ...card.storedAnswers, ...Object.fromEntries(given) } });
    return { Message: `The answers of LoginId ${card.loginId} have been saved` };
  });
}

function promptsOf({ login }: Card): readonly string[] {
  const asks = demoUser(login.username)?.asks ?? [];
  const names = asks === 'vary' ? (['city', 'country', 'shape'] as const) : asks.flat();
  const questions = names.map((name) => QUESTIONS[name](login.language));
  const simple = questions.filter(({ type, iterables }) => type === 'QuestionAndAnswer' && iterables.length === 0);
  return simple.map(({ prompt }) => prompt);
}

const confirmation = (message: string): object => ({ HttpStatusCode: 200, StatusCode: 200, Message: message });

function ineligibleView({ loginId, dataAsOf, createdAt, lastRefreshState, lastRefreshError }: Card): object {
  return {
    LoginId: loginId,
    LastRefreshDate: timeView(dataAsOf ?? createdAt),
    LastRefreshState: lastRefreshState,
    LastRefreshErrorCode: lastRefreshError,
  };
}
