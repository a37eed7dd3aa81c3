import { type FlinksCode, isCode } from '../flinks-codes.js';
import type { QuestionName } from './challenges.js';

/** How the data calls of a session go. `dispatched`: the direct call never gets it, the Async one does. */
export type DataManner = 'normal' | 'pending' | 'dispatched' | FlinksCode;

export interface DemoUser {
  /** Lower case. */
  readonly username: string;
  /** One inner list is asked at once; `vary`: one of three questions, another at each attempt. */
  readonly asks: readonly (readonly QuestionName[])[] | 'vary';
  /** The bank refuses the right password too. */
  readonly refusal: FlinksCode | null;
  readonly data: DataManner;
  readonly type: 'Personal' | 'Business';
  readonly note: string;
}

/** Of all users, until `setPassword`. */
export const PASSWORD = 'Everyday';

const user = (username: string, note: string, rest: Partial<DemoUser> = {}): DemoUser => ({
  ...{ username, note, asks: [], refusal: null, data: 'normal', type: 'Personal' },
  ...rest,
});

/** The first six are the vendor's. */
export const DEMO_USERS: readonly DemoUser[] = [
  user('greatday', 'one question, then connected', { asks: 'vary' }),
  user('greatday_nomfa', 'connected at once'),
  user('test_disabled_account', 'DISABLED_LOGIN', { refusal: 'DISABLED_LOGIN' }),
  user('test_service_unavailable', 'RETRY_LATER', { refusal: 'RETRY_LATER' }),
  user('test_dispatched', 'connected, data 202 OPERATION_DISPATCHED', { data: 'dispatched' }),
  user('test_pending', 'connected, data stays 202 OPERATION_PENDING', { data: 'pending' }),
  user('greatday_choice', 'MultipleChoice', { asks: [['account']] }),
  user('greatday_choices', 'MultipleChoiceMultipleAnswers', { asks: [['branches']] }),
  user('greatday_image', 'ImageSelection', { asks: [['picture']] }),
  user('greatday_phone', 'TextOrCall, then the code', { asks: [['phone'], ['code']] }),
  user('greatday_together', 'two questions at once', { asks: [['city', 'shape']] }),
  user('greatday_rounds', 'a question, a choice, a phone, a code', {
    asks: [['country'], ['account'], ['phone'], ['code']],
  }),
  user('greatday_renew', 'bank wants new questions: NEW_ACCOUNT', { asks: [['renew']] }),
  user('greatday_business', 'a business login, connected at once', { type: 'Business' }),
];

/** `test_code_<code>` is refused with that code, `test_data_<code>` connects and its data fails with it. */
export function demoUser(username: string): DemoUser | null {
  const wanted = username.toLowerCase();
  const listed = DEMO_USERS.find((candidate) => candidate.username === wanted);
  if (listed) return listed;
  const [, where, word = ''] = /^test_(code|data)_(\w+)$/.exec(wanted) ?? [];
  const code = word.toUpperCase();
  if (!isCode(code)) return null;
  return user(wanted, code, where === 'code' ? { refusal: code } : { data: code });
}
