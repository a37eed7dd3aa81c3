import { bankOf } from '../bank/banks.js';
import { needsInput } from '../bank/test-bank.js';
import { escapeHtml, page } from '../../simulator/pages.js';
import type { Visit } from './visit.js';

const CANCEL = '<button name="leave" value="yes" formnovalidate>Cancel</button>';

/** The page of the current step. Each one is a form that can be posted without a browser too. */
export function visitPage(visit: Visit): string {
  const notice = visit.notice === null ? '' : `<p role="alert"><strong>${escapeHtml(visit.notice)}</strong></p>\n`;
  const action = visit.origin.kind === 'link' ? '/link' : '/connect';
  const form = `<form method="post" action="${action}">
<input type="hidden" name="visit" value="${visit.id}">
${FORMS[visit.step](visit)}
</form>`;
  return page(titleOf(visit), notice + form);
}

export const lastPage = (text: string): string => page('Flanks simulator', `<p>${escapeHtml(text)}</p>`);

function titleOf({ step, bank }: Visit): string {
  const name = bank === null ? '' : (bankOf(bank)?.name ?? bank);
  return { bank: 'Choose your bank', login: `Sign in at ${name}`, challenge: `Confirm at ${name}` }[step];
}

const FORMS: Readonly<Record<Visit['step'], (visit: Visit) => string>> = { bank: choice, login, challenge };

function choice({ choice: banks }: Visit): string {
  const buttons = banks.map((id) => {
    const name = escapeHtml(bankOf(id)?.name ?? id);
    return `<button name="bank" value="${escapeHtml(id)}">${name}</button>`;
  });
  return `<p>${buttons.join(' ')}</p>\n<p>${CANCEL}</p>`;
}

function login({ username, repairs }: Visit): string {
  const known = repairs !== null && username !== null ? ` value="${escapeHtml(username)}" readonly` : '';
  return `<p><label>Username <input name="username" autocomplete="off" required${known}></label></p>
<p><label>Password <input name="password" type="password" autocomplete="off" required></label></p>
<p><button>Sign in</button> ${CANCEL}</p>
<p>No real bank. Any login works; words such as INVALID_CREDENTIALS or SCA_SMS as password do what they say.</p>`;
}

function challenge({ challenge: kind }: Visit): string {
  const name = escapeHtml(kind ?? '');
  if (kind !== null && !needsInput(kind)) {
    return `<p>${name}: approve in your other device, then go on.</p>
<p><button name="answer" value="approved">Go on</button> ${CANCEL}</p>`;
  }
  return `<p><label>${name} <input name="answer" autocomplete="off" required></label></p>
<p><button>Confirm</button> ${CANCEL}</p>
<p>Any answer passes, except INVALID_SCA, INTERNAL_ERROR and USER_INTERACTION_NEEDED.</p>`;
}
