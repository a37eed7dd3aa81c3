import { escapeHtml, page } from '../../simulator/pages.js';
import type { DemoProvider } from '../data/providers.js';
import { bankUrl } from '../credentials-view.js';
import type { Field } from '../wire.types.js';
import type { Screen } from './link-desk.js';

/** Seconds after which the browser looks again, where nothing is asked of the user. */
export const LOOK_AGAIN_SECONDS = 1;

interface Place {
  /** Where the forms go. */
  readonly path: string;
  readonly baseUrl: string;
  readonly username: string | null;
}

export function linkPage(screen: Exclude<Screen, { kind: 'away' }>, place: Place): string {
  switch (screen.kind) {
    case 'banks':
      return page('Choose your bank', form(place, 'choose', bankChoice(screen.banks), 'Continue'));
    case 'login':
      return page(`Sign in to ${screen.bank.displayName}`, loginForm(screen.bank, screen.problem, place));
    case 'confirm':
      return page(
        `Renew your access to ${screen.bank.displayName}`,
        form(place, 'confirm', '<p>You sign in again, and the app keeps seeing your accounts.</p>', 'Continue'),
      );
    case 'question':
      return page('One more step', form(place, 'answer', screen.fields.map(input(null)).join('\n'), 'Send'));
    case 'bank':
      return page('Go on at your bank', atBank(bankUrl(place.baseUrl, screen.token), place));
    case 'wait':
      return page('Please wait', `<p>We are talking to your bank.</p>\n${cancelForm(place)}`);
    case 'failed':
      return page(
        'That did not work',
        screen.again
          ? form(place, 'again', `<p>${escapeHtml(screen.message)}</p>`, 'Try again')
          : `<p>${escapeHtml(screen.message)}</p>\n${cancelForm(place)}`,
      );
  }
}

function bankChoice(banks: readonly DemoProvider[]): string {
  if (banks.length === 0) return '<p>There are no banks here. Demo banks need test=true in the address.</p>';
  const options = banks.map(({ name, displayName }) => `<option value="${name}">${escapeHtml(displayName)}</option>`);
  return `<p><label>Bank <select name="providerName">${options.join('')}</select></label></p>`;
}

function loginForm({ fields }: DemoProvider, problem: string | null, place: Place): string {
  const hint = fields.length === 0 ? '<p>You will sign in at your bank.</p>' : '';
  const trouble = problem === null ? '' : `<p role="alert">${escapeHtml(problem)}</p>`;
  return form(place, 'login', `${trouble}${hint}${fields.map(input(place.username)).join('\n')}`, 'Continue');
}

function atBank(url: string, place: Place): string {
  return `<p><a href="${escapeHtml(url)}" rel="noreferrer">Open your bank</a></p>\n${cancelForm(place)}`;
}

/** Names of the visitor's answers begin with `field.`, so that they cannot be taken for the page's own. */
function input(username: string | null): (field: Field) => string {
  return (field) => {
    const label = escapeHtml(field.description);
    if (field.immutable && field.value !== undefined)
      return `<p>${label}: <strong>${escapeHtml(field.value)}</strong></p>`;
    const name = `name="field.${escapeHtml(field.name)}"`;
    if (field.selectOptions) {
      const options = field.selectOptions.map(
        ({ value, text }) => `<option value="${escapeHtml(value)}">${escapeHtml(text)}</option>`,
      );
      return `<p><label>${label} <select ${name}>${options.join('')}</select></label></p>`;
    }
    const value = field.name === 'username' && username !== null ? ` value="${escapeHtml(username)}"` : '';
    const kind = field.masked ? 'password' : 'text';
    const hint = field.helpText === undefined ? '' : ` <small>${escapeHtml(field.helpText)}</small>`;
    return `<p><label>${label} <input ${name} type="${kind}" autocomplete="off"${value}></label>${hint}</p>`;
  };
}

function form({ path }: Place, action: string, body: string, label: string): string {
  return `<form method="post" action="${path}">
${body}
<p><button name="action" value="${action}">${label}</button> <button name="action" value="cancel" formnovalidate>Cancel</button></p>
</form>`;
}

function cancelForm({ path }: Place): string {
  return `<form method="post" action="${path}"><p><button name="action" value="cancel">Cancel</button></p></form>`;
}
